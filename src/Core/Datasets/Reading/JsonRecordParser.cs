using System.Text;
using System.Text.Json;
using Droptune.Core.Datasets.Checking;

namespace Droptune.Core.Datasets.Reading;

/// <summary>
/// Reads one JSON object in any of the flat shapes: Droptune's own, doccano's, Prodigy's and spaCy's. They name the
/// same things differently and never contradict each other, so one pass reads them all.
/// </summary>
internal sealed class JsonRecordParser(FindingLog log, DatasetManifest manifest)
{
    private static readonly JsonReaderOptions Options = new() { CommentHandling = JsonCommentHandling.Disallow, MaxDepth = 64 };
    private readonly byte[] _textKey = Encoding.UTF8.GetBytes(manifest.TextColumn);
    private readonly byte[] _labelKey = Encoding.UTF8.GetBytes(manifest.LabelColumn);

    /// <summary>Parses <paramref name="json"/>, which begins on <paramref name="line"/>; false when it was left out.</summary>
    public bool Parse(Record record, ReadOnlyMemory<byte> json, long line)
    {
        record.Clear();
        (record.Line, record.Source) = (line, json);
        var reader = new Utf8JsonReader(json.Span, Options);
        try
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                return Malformed(record, 0, "The record is no JSON object.");
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (ReadProperty(record, ref reader) is { } problem)
                {
                    return Malformed(record, (int)reader.TokenStartIndex, problem);
                }
            }

            reader.Read();
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: an escaped surrogate without its other half.
            return Malformed(record, (int)Math.Min(reader.BytesConsumed, json.Length), e is JsonException
                ? "The record is not valid JSON."
                : "The record holds half of a surrogate pair.");
        }
    }

    private bool Malformed(Record record, int offset, string problem)
    {
        log.Add(FindingCode.MalformedRecord, record, offset, $"{problem}");
        return false;
    }

    /// <summary>Reads one property; says what is wrong with it, or null.</summary>
    private string? ReadProperty(Record record, ref Utf8JsonReader reader)
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

        if (reader.ValueTextEquals("tags"u8))
        {
            reader.Read();
            return ReadTags(record, ref reader);
        }

        if (reader.ValueTextEquals("entities"u8) || reader.ValueTextEquals("spans"u8) || reader.ValueTextEquals("ents"u8))
        {
            reader.Read();
            return JsonSpans.Read(record, ref reader);
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
            record.Tags.Add(ref reader);
            record.TagOffsets.Add((int)reader.TokenStartIndex);
        }

        return reader.TokenType switch
        {
            JsonTokenType.EndArray => null,
            JsonTokenType.Number => "The tags are numbers: their names are needed.",
            _ => "A tag is no string.",
        };
    }
}
