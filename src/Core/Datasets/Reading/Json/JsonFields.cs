using Droptune.Core.Datasets.Records;
using Droptune.Core.Text;

namespace Droptune.Core.Datasets.Reading.Json;

/// <summary>
/// The fields of a flat record. The shapes (Droptune's own, doccano's, Prodigy's, spaCy's) name the same things differently
/// and never contradict each other, so one pass reads them all.
/// </summary>
internal sealed class JsonFields(DatasetManifest manifest)
{
    private readonly byte[] _textKey = Encoding.UTF8.GetBytes(manifest.TextColumn);
    private readonly byte[] _labelKey = Encoding.UTF8.GetBytes(manifest.LabelColumn);

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
            reader.Read();
            return ReadLabel(record, ref reader);
        }

        if (reader.ValueTextEquals("tokens"u8))
        {
            reader.Read();
            return JsonWords.ReadTokens(record, ref reader);
        }

        if (reader.ValueTextEquals("tags"u8) || reader.ValueTextEquals("ner_tags"u8))
        {
            reader.Read();
            return JsonWords.ReadTags(record, ref reader);
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
            return ReadLabel(record, ref reader);
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

        reader.Read();
        reader.Skip();
        return null;
    }

    private static string? AddText(Record record, ref Utf8JsonReader reader)
    {
        record.Text.Add(ref reader);
        return record.Text.Count == 1 ? null : "There are two texts.";
    }

    private static string? ReadLabel(Record record, ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                record.Labels.Add(ref reader);
                return null;
            case JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False:
                record.Labels.Add(reader.ValueSpan);
                return null;
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.StartArray:
                return ReadLabels(record, ref reader);
            default:
                return "The label is neither a string nor a list.";
        }
    }

    /// <summary>doccano: a list of strings are labels of the text, a list of lists are spans.</summary>
    private static string? ReadLabels(Record record, ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.String)
            {
                record.Labels.Add(ref reader);
            }
            else if (JsonSpans.ReadOne(record, ref reader) is { } problem)
            {
                return problem;
            }
        }

        record.HasSpans |= record.Labels.Count == 0;
        return null;
    }

    /// <summary>spaCy: scores by label, those of at least a half hold; doccano: a list of labels.</summary>
    private static string? ReadCategories(Record record, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return ReadLabel(record, ref reader);
        }

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
