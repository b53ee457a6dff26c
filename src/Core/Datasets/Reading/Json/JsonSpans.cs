using Droptune.Core.Datasets.Records;

namespace Droptune.Core.Datasets.Reading.Json;

/// <summary>
/// Reads spans as tools write them: objects with start and end (also start_offset, end_offset) and label or type, or
/// <c>[start, end, label]</c>.
/// </summary>
internal static class JsonSpans
{
    /// <summary>Whether the value is a list that begins with a span.</summary>
    public static bool IsAt(Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray || !reader.Read())
        {
            return false;
        }

        if (reader.TokenType == JsonTokenType.StartArray)
        {
            return reader.Read() && IsNumber(ref reader, out _) && reader.Read() && IsNumber(ref reader, out _);
        }

        var numbers = 0; // start and end
        var isObject = reader.TokenType == JsonTokenType.StartObject;
        while (isObject && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isPair = reader.ValueTextEquals("span"u8);
            var isBorder = reader.ValueTextEquals("start"u8) || reader.ValueTextEquals("start_offset"u8) || reader.ValueTextEquals("end"u8) || reader.ValueTextEquals("end_offset"u8);
            reader.Read();
            numbers += isBorder && reader.TokenType == JsonTokenType.Number ? 1 : 0;
            numbers += isPair && reader.TokenType == JsonTokenType.StartArray ? 2 : 0;
            reader.Skip();
            if (numbers == 2)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads a list of spans; says what is wrong with it, or null.</summary>
    public static string? Read(Record record, ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return "The entities are no list.";
        }

        record.HasSpans = true;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (ReadOne(record, ref reader) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    public static string? ReadOne(Record record, ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartArray => ReadArray(record, ref reader),
        JsonTokenType.StartObject => ReadObject(record, ref reader),
        _ => "An entity is neither an object nor a list.",
    };

    private static string? ReadArray(Record record, ref Utf8JsonReader reader)
    {
        var offset = record.OffsetOf(ref reader);
        long start = 0, end = 0;
        var isSpan = reader.Read() && IsNumber(ref reader, out start)
            && reader.Read() && IsNumber(ref reader, out end)
            && reader.Read() && reader.TokenType == JsonTokenType.String;
        if (!isSpan)
        {
            return "An entity is not [start, end, label].";
        }

        record.SpanStrings.Add(ref reader);
        record.Spans.Add(new RawSpan(start, end, record.SpanStrings.Count - 1, -1, offset));
        return reader.Read() && reader.TokenType == JsonTokenType.EndArray ? null : "An entity is not [start, end, label].";
    }

    private static string? ReadObject(Record record, ref Utf8JsonReader reader)
    {
        var offset = record.OffsetOf(ref reader);
        long start = -1, end = -1;
        int label = -1, surface = -1, type = -1, name = -1;
        var isPair = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("start"u8) || reader.ValueTextEquals("start_offset"u8))
            {
                if (!reader.Read() || !IsNumber(ref reader, out start))
                {
                    return "An entity's start is no number.";
                }
            }
            else if (reader.ValueTextEquals("end"u8) || reader.ValueTextEquals("end_offset"u8))
            {
                if (!reader.Read() || !IsNumber(ref reader, out end))
                {
                    return "An entity's end is no number.";
                }
            }
            else if (reader.ValueTextEquals("label"u8))
            {
                if (!reader.Read() || reader.TokenType != JsonTokenType.String)
                {
                    return "An entity's label is no string.";
                }

                record.SpanStrings.Add(ref reader);
                label = record.SpanStrings.Count - 1;
            }
            else if (reader.ValueTextEquals("labels"u8))
            {
                // Label Studio: a list of one.
                if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray || !reader.Read() || reader.TokenType != JsonTokenType.String)
                {
                    return "An entity's labels are no list of strings.";
                }

                record.SpanStrings.Add(ref reader);
                label = record.SpanStrings.Count - 1;
                if (!reader.Read() || reader.TokenType != JsonTokenType.EndArray)
                {
                    return "An entity has several labels.";
                }
            }
            else if (reader.ValueTextEquals("text"u8))
            {
                if (!reader.Read() || reader.TokenType != JsonTokenType.String)
                {
                    return "An entity's text is no string.";
                }

                record.SpanStrings.Add(ref reader);
                surface = record.SpanStrings.Count - 1;
            }
            else if (reader.ValueTextEquals("span"u8))
            {
                // Stockmark: [start, end], with name and type.
                isPair = reader.Read() && reader.TokenType == JsonTokenType.StartArray && reader.Read() && IsNumber(ref reader, out start)
                    && reader.Read() && IsNumber(ref reader, out end) && reader.Read() && reader.TokenType == JsonTokenType.EndArray;
                if (!isPair)
                {
                    return "An entity's span is not [start, end].";
                }
            }
            else if (reader.ValueTextEquals("type"u8) || reader.ValueTextEquals("name"u8))
            {
                var isType = reader.ValueTextEquals("type"u8);
                reader.Read();
                if (reader.TokenType == JsonTokenType.String)
                {
                    record.SpanStrings.Add(ref reader);
                    (type, name) = isType ? (record.SpanStrings.Count - 1, name) : (type, record.SpanStrings.Count - 1);
                }

                reader.Skip();
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        label = label == -1 ? type : label;
        surface = surface == -1 && isPair ? name : surface;
        if (start == -1 || end == -1 || label == -1)
        {
            return "An entity lacks its start, end or label.";
        }

        record.Spans.Add(new RawSpan(start, end, label, surface, offset));
        return null;
    }

    private static bool IsNumber(ref Utf8JsonReader reader, out long value)
    {
        value = 0;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out value);
    }
}
