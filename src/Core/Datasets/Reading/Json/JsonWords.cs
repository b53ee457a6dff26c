using Droptune.Core.Datasets.Records;

namespace Droptune.Core.Datasets.Reading.Json;

/// <summary>Reads lists of tokens and of tags. Nearly all of a dataset of words is such lists, so the plain ones are read without the JSON reader.</summary>
internal static class JsonWords
{
    public const string NumbersWithoutNames =
        "The labels are numbers, and their names are nowhere: put dataset_infos.json beside the data, or a file 'names' with one name a line.";

    /// <summary>Reads the tokens; says what is wrong with them, or null.</summary>
    public static string? ReadTokens(Record record, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return "The tokens are no list.";
        }

        if (record.Tokens.Count == 0)
        {
            var strings = new PlainStrings(record.Source.Span, record.ReaderStart + (int)reader.BytesConsumed);
            while (strings.Read(out var start, out var length))
            {
                record.Tokens.Add(record.Source.Span, start, length);
            }

            if (strings.End is { } end)
            {
                MoveTo(end, record, ref reader);
            }
            else
            {
                record.Tokens.Clear();
            }
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

    /// <summary>Reads the tags; says what is wrong with them, or null.</summary>
    public static string? ReadTags(Record record, ref Utf8JsonReader reader, string key, ClassNames names)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return "The tags are no list.";
        }

        if (record.Tags.Count == 0)
        {
            var strings = new PlainStrings(record.Source.Span, record.ReaderStart + (int)reader.BytesConsumed);
            while (strings.Read(out var start, out var length))
            {
                record.Tags.Add(record.Source.Span.Slice(start, length), start - 1);
            }

            if (strings.End is { } end)
            {
                MoveTo(end, record, ref reader);
            }
            else
            {
                record.Tags.Clear();
            }
        }

        record.HasTags = true;
        while (reader.Read() && reader.TokenType is JsonTokenType.String or JsonTokenType.Number)
        {
            if (reader.TokenType == JsonTokenType.Number)
            {
                if (!reader.TryGetInt64(out var number) || names.Of(key, number) is not { } name)
                {
                    return NumbersWithoutNames;
                }

                record.Tags.Add(Encoding.UTF8.GetBytes(name), record.OffsetOf(ref reader));
                continue;
            }

            record.Tags.Add(reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(reader.GetString()!) : reader.ValueSpan, record.OffsetOf(ref reader));
        }

        return reader.TokenType switch
        {
            JsonTokenType.EndArray => null,
            _ => "A tag is no string.",
        };
    }

    /// <summary>The reader goes on at the closing bracket of the list whose opening one it is at.</summary>
    private static void MoveTo(int end, Record record, ref Utf8JsonReader reader)
    {
        record.ReaderStart = end;
        reader = new Utf8JsonReader(record.Source.Span[end..], isFinalBlock: true, reader.CurrentState);
    }
}
