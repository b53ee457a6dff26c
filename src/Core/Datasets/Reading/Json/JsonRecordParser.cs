using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Reading.Json.Shapes;
using Droptune.Core.Datasets.Records;
using Droptune.Core.Text;

namespace Droptune.Core.Datasets.Reading.Json;

/// <summary>
/// Reads one JSON element into records: an object of fields, spaCy's pair of text and fields, or what has a reader of its
/// own, Label Studio's tasks and spaCy's documents of paragraphs.
/// </summary>
internal sealed class JsonRecordParser
{
    private readonly FindingLog _log;
    private readonly UnreadAnnotations _unread;
    private readonly JsonFields _fields;
    private readonly LabelStudioTask _tasks;
    private readonly Queue<JsonElement> _paragraphs = [];

    public JsonRecordParser(FindingLog log, DatasetManifest manifest, ClassNames names)
    {
        (_log, _unread) = (log, new(log));
        (_fields, _tasks) = (new(manifest, names, _unread), new(log, manifest));
    }

    /// <summary>The next record of an element that held several; false when there is none.</summary>
    public bool ParseNext(Record record)
    {
        while (_paragraphs.TryDequeue(out var paragraph))
        {
            record.Start(record.Line, record.Source);
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
        record.Start(line, json);
        _fields.Start();
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
            var reason = reader.CurrentDepth > 0 && record.ReaderStart + reader.BytesConsumed >= json.Length
                ? "it ends before its last bracket."
                : e.Message.Split(" LineNumber:")[0];
            return Malformed(record, record.ReaderStart + (int)reader.BytesConsumed, $"The record is not valid JSON: {reason}");
        }
        catch (InvalidOperationException)
        {
            return Malformed(record, record.OffsetOf(ref reader), "The record holds an escaped half of a surrogate pair.");
        }
    }

    private bool ParseObject(Record record, ref Utf8JsonReader reader)
    {
        string? answer = null; // Prodigy's
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("data"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.StartObject)
                {
                    return ParseTask(record);
                }

                if (reader.TokenType == JsonTokenType.StartArray)
                {
                    return ParseShape(record, RecordShape.Dialogflow);
                }

                reader.Skip();
                continue;
            }

            if (reader.ValueTextEquals("paragraphs"u8))
            {
                return ParseDocument(record);
            }

            if (_fields.Read(record, ref reader, ref answer) is { } problem)
            {
                return Malformed(record, record.OffsetOf(ref reader), problem);
            }

            if (_fields.Shape is { } shape)
            {
                return ParseShape(record, shape);
            }
        }

        reader.Read(); // anything behind the object is an error
        if (answer is not (null or "accept"))
        {
            _log.LeaveOut(FindingCode.NotAccepted, record, $"The answer is {answer}.");
            return false;
        }

        _fields.Complete(record);
        return true;
    }

    private bool ParseShape(Record record, RecordShape shape)
    {
        using var element = JsonDocument.Parse(record.Source);
        record.Start(record.Line, record.Source);
        try
        {
            return shape.Fill(element.RootElement, record, _unread) is not { } problem || Malformed(record, 0, $"{shape.Name}: {problem}");
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException or FormatException or IndexOutOfRangeException)
        {
            return Malformed(record, 0, $"The record is not as {shape.Name} has it: {JsonShape.Reason(e)}");
        }
    }

    private bool ParseTask(Record record)
    {
        using var task = JsonDocument.Parse(record.Source);
        record.Start(record.Line, record.Source);
        _tasks.Read(task.RootElement, record);
        return !_log.IsLeftOut(record);
    }

    private bool ParseDocument(Record record)
    {
        using var document = JsonDocument.Parse(record.Source);
        var paragraphs = document.RootElement.GetProperty("paragraphs");
        if (paragraphs.ValueKind != JsonValueKind.Array || paragraphs.GetArrayLength() == 0)
        {
            return Malformed(record, 0, "The paragraphs are no list, or an empty one.");
        }

        foreach (var paragraph in paragraphs.EnumerateArray())
        {
            _paragraphs.Enqueue(paragraph.Clone());
        }

        return ParseNext(record);
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
        record.SpanUnit = StringIndexType.UnicodeCodePoint;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return Malformed(record, 0, "The record is a list, but not [text, annotations].");
        }

        string? answer = null; // no matter here
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (_fields.Read(record, ref reader, ref answer) is { } problem)
            {
                return Malformed(record, record.OffsetOf(ref reader), problem);
            }
        }

        _fields.Complete(record);
        return (reader.Read() && reader.TokenType == JsonTokenType.EndArray && !reader.Read())
            || Malformed(record, 0, "The record is a list, but not [text, annotations].");
    }

    private bool Malformed(Record record, int offset, string problem)
    {
        _log.LeaveOut(FindingCode.MalformedRecord, record, offset, $"{problem}");
        return false;
    }
}
