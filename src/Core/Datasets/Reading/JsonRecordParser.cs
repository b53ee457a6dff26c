using System.Text;
using System.Text.Json;
using Droptune.Core.Datasets.Checking;

namespace Droptune.Core.Datasets.Reading;

/// <summary>
/// Reads one JSON element into records. The flat shapes (Droptune's own, doccano's, Prodigy's, spaCy's) name the same
/// things differently and never contradict each other, so one pass reads them all; the nested ones (Label Studio's tasks,
/// spaCy's documents of paragraphs and pairs of text and annotation) have readers of their own.
/// </summary>
internal sealed class JsonRecordParser(FindingLog log, DatasetManifest manifest)
{
    private readonly byte[] _textKey = Encoding.UTF8.GetBytes(manifest.TextColumn);
    private readonly byte[] _labelKey = Encoding.UTF8.GetBytes(manifest.LabelColumn);
    private readonly Queue<JsonElement> _paragraphs = [];

    /// <summary>The next record of an element that held several; false when there is none.</summary>
    public bool ParseNext(Record record)
    {
        while (_paragraphs.TryDequeue(out var paragraph))
        {
            record.Clear();
            if (SpacyParagraph.Read(paragraph, record))
            {
                return true;
            }

            Malformed(record, 0, "A paragraph's tokens are not as spaCy writes them.");
        }

        return false;
    }

    /// <summary>Parses an element that begins on <paramref name="line"/>; false when it gave no record (yet, or at all).</summary>
    public bool Parse(Record record, ReadOnlyMemory<byte> json, long line)
    {
        record.Clear();
        (record.Line, record.Source) = (line, json);
        var reader = new Utf8JsonReader(json.Span);
        try
        {
            reader.Read();
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    return ParseObject(record, ref reader);
                case JsonTokenType.StartArray:
                    return ParsePair(record, ref reader);
                default:
                    return Malformed(record, 0, "The record is no JSON object.");
            }
        }
        catch (JsonException e)
        {
            var reason = reader.CurrentDepth > 0 && reader.BytesConsumed >= json.Length
                ? "it ends before its last bracket."
                : e.Message.Split(" LineNumber:")[0];
            return Malformed(record, (int)reader.BytesConsumed, $"The record is not valid JSON: {reason}");
        }
        catch (InvalidOperationException)
        {
            return Malformed(record, (int)reader.TokenStartIndex, "The record holds an escaped half of a surrogate pair.");
        }
    }

    private bool ParseObject(Record record, ref Utf8JsonReader reader)
    {
        var state = default(ProdigyState);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("data"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.StartObject)
                {
                    return ParseTask(record);
                }

                reader.Skip();
                continue;
            }

            if (reader.ValueTextEquals("paragraphs"u8))
            {
                using var document = JsonDocument.Parse(record.Source);
                foreach (var paragraph in document.RootElement.GetProperty("paragraphs").EnumerateArray())
                {
                    _paragraphs.Enqueue(paragraph.Clone());
                }

                return ParseNext(record);
            }

            if (ReadProperty(record, ref reader, ref state) is { } problem)
            {
                return Malformed(record, (int)reader.TokenStartIndex, problem);
            }
        }

        reader.Read(); // anything behind the object is an error
        if (state.Answer is not (null or "accept"))
        {
            log.LeftOut++;
            log.Add(FindingCode.NotAccepted, record, $"The answer is {state.Answer}.");
            return false;
        }

        return true;
    }

    private bool ParseTask(Record record)
    {
        using var task = JsonDocument.Parse(record.Source);
        record.Clear();
        var isRead = LabelStudioTask.Read(task.RootElement, record, log, manifest);
        log.LeftOut += isRead ? 0 : 1;
        return isRead;
    }

    /// <summary>spaCy's training pairs: <c>["text", {"entities": […], "cats": {…}}]</c>.</summary>
    private bool ParsePair(Record record, ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String)
        {
            return Malformed(record, 0, "The record is a list, but not [text, annotations].");
        }

        record.Text.Add(ref reader);
        record.SpanUnit = SpanUnit.UnicodeCodePoint;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return Malformed(record, 0, "The record is a list, but not [text, annotations].");
        }

        var state = default(ProdigyState);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (ReadProperty(record, ref reader, ref state) is { } problem)
            {
                return Malformed(record, (int)reader.TokenStartIndex, problem);
            }
        }

        return (reader.Read() && reader.TokenType == JsonTokenType.EndArray && !reader.Read())
            || Malformed(record, 0, "The record is a list, but not [text, annotations].");
    }

    private bool Malformed(Record record, int offset, string problem)
    {
        log.LeftOut++;
        log.Add(FindingCode.MalformedRecord, record, offset, $"{problem}");
        return false;
    }

    /// <summary>Reads one property; says what is wrong with it, or null.</summary>
    private string? ReadProperty(Record record, ref Utf8JsonReader reader, ref ProdigyState state)
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
            return ReadTokens(record, ref reader);
        }

        if (reader.ValueTextEquals("tags"u8) || reader.ValueTextEquals("ner_tags"u8))
        {
            reader.Read();
            return ReadTags(record, ref reader);
        }

        if (reader.ValueTextEquals("ents"u8))
        {
            record.SpanUnit = SpanUnit.UnicodeCodePoint; // spaCy
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
            state.Answer = reader.TokenType == JsonTokenType.String ? reader.GetString() : "no string";
            return null;
        }

        if (reader.ValueTextEquals("_input_hash"u8) || reader.ValueTextEquals("_task_hash"u8))
        {
            record.SpanUnit = SpanUnit.UnicodeCodePoint; // Prodigy
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

    private static string? ReadTokens(Record record, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return "The tokens are no list.";
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.String)
        {
            record.Tokens.Add(ref reader);
        }

        if (reader.TokenType == JsonTokenType.StartObject && record.Tokens.Count == 0)
        {
            // Prodigy and spaCy describe the tokenisation of the text: spans and text say all of it.
            do
            {
                reader.Skip();
            }
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray);

            return null;
        }

        record.HasTokens = true;
        return reader.TokenType == JsonTokenType.EndArray ? null : "A token is no string.";
    }

    private static string? ReadTags(Record record, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return "The tags are no list.";
        }

        record.HasTags = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.String)
        {
            record.Tags.Add(reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(reader.GetString()!) : reader.ValueSpan, (int)reader.TokenStartIndex);
        }

        return reader.TokenType switch
        {
            JsonTokenType.EndArray => null,
            JsonTokenType.Number => "The tags are numbers: their names are needed.",
            _ => "A tag is no string.",
        };
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

    private struct ProdigyState
    {
        public string? Answer;
    }
}
