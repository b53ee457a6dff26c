using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Reading.Json.Shapes;
using Droptune.Core.Datasets.Records;
using Droptune.Core.Text;

namespace Droptune.Core.Datasets.Reading.Json;

/// <summary>
/// The fields of a flat record. The shapes (Droptune's own, doccano's, Prodigy's, spaCy's, Hugging Face's) name the same things
/// differently and never contradict each other, so one pass reads them all; what a field means beside others is settled by
/// <see cref="Complete"/>.
/// </summary>
internal sealed class JsonFields(DatasetManifest manifest, ClassNames names, UnreadAnnotations unread)
{
    private readonly byte[] _textKey = Encoding.UTF8.GetBytes(manifest.TextColumn);
    private readonly byte[] _labelKey = Encoding.UTF8.GetBytes(manifest.LabelColumn);
    private readonly byte[] _tagKey = Encoding.UTF8.GetBytes(manifest.TagColumn ?? "tags");
    private bool _labelsAreList;
    private string? _intent;

    /// <summary>The shape of the record where it is none of flat fields; null otherwise.</summary>
    public RecordShape? Shape { get; private set; }

    /// <summary>Begins a record.</summary>
    public void Start() => (_labelsAreList, _intent, Shape) = (false, null, null);

    /// <summary>Reads the field whose name the reader is at; says what is wrong with it, or null.</summary>
    public string? Read(Record record, ref Utf8JsonReader reader, ref string? answer)
    {
        if (reader.ValueTextEquals(_textKey))
        {
            reader.Read();
            return reader.TokenType == JsonTokenType.String ? AddText(record, ref reader) : "The text is no string.";
        }

        if (reader.ValueTextEquals(_labelKey) || reader.ValueTextEquals("labels"u8))
        {
            var key = reader.ValueTextEquals(_labelKey) ? manifest.LabelColumn : "labels";
            reader.Read();
            if (IsChoices(reader))
            {
                return ReadChoices(record, ref reader, key);
            }

            if (reader.TokenType == JsonTokenType.StartObject && !record.HasTokens)
            {
                Shape = RecordShape.Cluener;
                return null;
            }

            return ReadLabel(record, ref reader, key);
        }

        if (reader.ValueTextEquals("tokens"u8) || reader.ValueTextEquals("words"u8))
        {
            reader.Read();
            return JsonWords.ReadTokens(record, ref reader);
        }

        if (reader.ValueTextEquals(_tagKey) || (manifest.TagColumn is null && reader.ValueTextEquals("ner_tags"u8)))
        {
            var key = reader.ValueTextEquals(_tagKey) ? manifest.TagColumn ?? "tags" : "ner_tags";
            reader.Read();
            return JsonWords.ReadTags(record, ref reader, key, names);
        }

        if (reader.ValueTextEquals("ents"u8))
        {
            record.SpanUnit = StringIndexType.UnicodeCodePoint; // spaCy
            reader.Read();
            return JsonSpans.Read(record, ref reader);
        }

        if (reader.ValueTextEquals("entities"u8) || reader.ValueTextEquals("spans"u8))
        {
            reader.Read();
            return JsonSpans.Read(record, ref reader);
        }

        if (reader.ValueTextEquals("cats"u8))
        {
            reader.Read();
            return ReadCategories(record, ref reader);
        }

        if (reader.ValueTextEquals("accept"u8))
        {
            reader.Read();
            return ReadLabel(record, ref reader, "accept");
        }

        if (reader.ValueTextEquals("answer"u8))
        {
            reader.Read();
            answer = reader.TokenType == JsonTokenType.String ? reader.GetString() : "no string";
            return null;
        }

        if (reader.ValueTextEquals("_input_hash"u8) || reader.ValueTextEquals("_task_hash"u8))
        {
            record.SpanUnit = StringIndexType.UnicodeCodePoint; // Prodigy
        }

        if (reader.ValueTextEquals("intent"u8))
        {
            reader.Read();
            _intent = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
            reader.Skip();
            return null;
        }

        return ReadOther(record, ref reader);
    }

    /// <summary>Settles what the fields of a whole record mean beside each other.</summary>
    public void Complete(Record record)
    {
        if (_labelsAreList && record is { HasTokens: true, HasTags: false } && manifest.Task != TaskKind.MultiLabelClassification && record.Labels.Count == record.Tokens.Count)
        {
            MoveLabelsToTags(record); // Hugging Face's token classification
        }

        if (_intent is { } intent && record.Labels.Count == 0)
        {
            record.Labels.Add(intent);
        }
        else if (_intent is { } other && !record.Labels[0].SequenceEqual(Encoding.UTF8.GetBytes(other)))
        {
            unread.Note(record, "intent", "the text has a label");
        }

        if (record is { HasTokens: true, HasSpans: true })
        {
            if (!record.HasTags && record.Text.Count > 0)
            {
                record.HasTokens = false; // the entities are of the text
            }
            else if (record.Spans.Count > 0)
            {
                unread.Note(record, "entities", record.HasTags ? "the tokens have tags" : "there is no text that they could be offsets of");
            }
        }
    }

    private static void MoveLabelsToTags(Record record)
    {
        for (var i = 0; i < record.Labels.Count; i++)
        {
            record.Tags.Add(record.Labels[i], 0);
        }

        record.Labels.Clear();
        record.HasTags = true;
    }

    /// <summary>A field by no known name: a list of spans all the same, or nothing; what looks like annotation is noted.</summary>
    private string? ReadOther(Record record, ref Utf8JsonReader reader)
    {
        var key = reader.GetString()!;
        reader.Read();
        if (RecordShape.Find(key, reader.TokenType, record) is { } shape)
        {
            Shape = shape;
            return null;
        }

        if (JsonSpans.IsAt(reader))
        {
            if (key is "annotations" or "annotation" && !record.HasSpans)
            {
                return JsonSpans.Read(record, ref reader);
            }

            unread.Note(record, key, "it is a list of spans");
        }
        else if (reader.TokenType != JsonTokenType.Null && UnreadAnnotations.IsName(key))
        {
            unread.Note(record, key);
        }

        reader.Skip();
        return null;
    }

    private static string? AddText(Record record, ref Utf8JsonReader reader)
    {
        record.Text.Add(ref reader);
        return record.Text.Count == 1 ? null : "There are two texts.";
    }

    private string? ReadLabel(Record record, ref Utf8JsonReader reader, string key)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                record.Labels.Add(ref reader);
                return null;
            case JsonTokenType.Number when reader.TryGetInt64(out var number) && names.Of(key, number) is { } name:
                record.Labels.Add(name);
                return null;
            case JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False:
                record.Labels.Add(reader.ValueSpan);
                return null;
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.StartArray:
                return ReadLabels(record, ref reader, key);
            default:
                return "The label is neither a string nor a list.";
        }
    }

    /// <summary>Whether the reader is at what Label Studio writes for a multiple choice outside its full JSON: <c>{"choices": […]}</c>.</summary>
    private static bool IsChoices(Utf8JsonReader reader) => reader.TokenType == JsonTokenType.StartObject
        && reader.Read() && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("choices"u8) && reader.Read() && reader.TokenType == JsonTokenType.StartArray;

    private string? ReadChoices(Record record, ref Utf8JsonReader reader, string key)
    {
        reader.Read();
        reader.Read();
        return ReadLabels(record, ref reader, key) ?? (reader.Read() && reader.TokenType == JsonTokenType.EndObject ? null : "The choices have something beside them.");
    }

    /// <summary>doccano: a list of strings are labels of the text, a list of lists are spans; an empty one can be either.</summary>
    private string? ReadLabels(Record record, ref Utf8JsonReader reader, string key)
    {
        var spans = record.Spans.Count;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.String)
            {
                record.Labels.Add(ref reader);
            }
            else if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number) && names.Of(key, number) is { } name)
            {
                record.Labels.Add(name);
            }
            else if (reader.TokenType == JsonTokenType.Number)
            {
                return JsonWords.NumbersWithoutNames;
            }
            else if (JsonSpans.ReadOne(record, ref reader) is { } problem)
            {
                return problem;
            }
        }

        _labelsAreList = record.Labels.Count > 0;
        record.HasLabelList = record.Spans.Count == spans;
        if (record.HasLabelList && manifest.HasSeveralLabels() && manifest.Task != TaskKind.Joint)
        {
            return null; // an empty one means that no label holds
        }

        record.HasSpans |= record.Labels.Count == 0;
        record.MayBeUnlabelled |= record.Labels.Count == 0 && record.Spans.Count == 0;
        return null;
    }

    /// <summary>spaCy: scores by label, those of at least a half hold; doccano: a list of labels.</summary>
    private string? ReadCategories(Record record, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return ReadLabel(record, ref reader, "cats");
        }

        record.HasLabelList = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (reader.TokenType == JsonTokenType.True || (reader.TokenType == JsonTokenType.Number && reader.GetDouble() >= 0.5))
            {
                record.Labels.Add(name);
            }
        }

        return null;
    }
}
