using System.Buffers;
using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Reading.Lines;
using Droptune.Core.Datasets.Records;

namespace Droptune.Core.Datasets.Reading.Json;

/// <summary>
/// A JSON array of records, or records one after the other over several lines. Only one element is in memory; where one
/// begins and ends is found by counting brackets, what it says by the parser.
/// </summary>
internal sealed class JsonElementsReader(Stream source, FindingLog log, DatasetManifest manifest, ClassNames names) : IDatasetReader
{
    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[]"u8);
    private static readonly SearchValues<byte> StringEnd = SearchValues.Create("\"\\"u8);
    private readonly BlockBuffer _buffer = new(source, manifest.Validation.MaxRecordBytes);
    private readonly JsonRecordParser _parser = new(log, manifest, names);
    private long _line = 1; // of the position
    private bool _inArray;
    private bool _ended;

    public string Format => "JSON";

    public bool Read(Record record)
    {
        while (!_parser.ParseNext(record))
        {
            if (_ended || !FindElement(record))
            {
                return false;
            }

            var line = _line;
            var isWhole = ReadElement();
            if (_buffer.IsTooLarge)
            {
                record.Start(line);
                log.LeaveOut(FindingCode.RecordTooLarge, record,
                    $"An element of more than {manifest.Validation.MaxRecordBytes} bytes, or a quote or bracket that is not closed. The rest of the file is not read.");
                return false;
            }

            // Without its end the element is no JSON: the parser says where.
            _ended = !isWhole;
            _line += _buffer.Record.Span.Count((byte)'\n');
            if (_parser.Parse(record, _buffer.Record, line))
            {
                return true;
            }
        }

        return true;
    }

    public void Dispose() => _buffer.Dispose();

    /// <summary>Moves to the next element; false at the end, or where something else stands between elements.</summary>
    private bool FindElement(Record record)
    {
        while (true)
        {
            var unread = _buffer.Unread;
            var space = unread.IndexOfAnyExcept(" \t\r\n,"u8);
            var length = space < 0 ? unread.Length : space;
            _line += unread[..length].Count((byte)'\n');
            _buffer.Position += length;
            _buffer.StartRecord();
            if (space < 0)
            {
                if (_buffer.Fill())
                {
                    continue;
                }

                if (_inArray)
                {
                    log.LeaveRest(FindingCode.MalformedRecord, record.File, _line, $"The file ends inside its array: it was cut off.");
                }

                return false;
            }

            switch (_buffer.Unread[0])
            {
                case (byte)'{':
                    return true;
                case (byte)'[' when _inArray:
                    return true;
                case (byte)'[':
                    _inArray = true;
                    break;
                case (byte)']' when _inArray:
                    _inArray = false;
                    break;
                default:
                    record.Start(_line);
                    log.LeaveOut(FindingCode.MalformedRecord, record, _line, 0, _buffer.Unread[..Math.Min(80, _buffer.Unread.Length)],
                        $"Something else than a record. The rest of the file is not read.");
                    return false;
            }

            _buffer.Position++;
        }
    }

    /// <summary>Moves behind the element; false when the file ends inside it.</summary>
    private bool ReadElement()
    {
        var (depth, inString, isEscaped) = (0, false, false);
        while (true)
        {
            var unread = _buffer.Unread;
            for (var i = 0; i < unread.Length; i++)
            {
                if (isEscaped)
                {
                    isEscaped = false;
                    continue;
                }

                var next = unread[i..].IndexOfAny(inString ? StringEnd : Structure);
                if (next < 0)
                {
                    break;
                }

                i += next;
                switch (unread[i])
                {
                    case (byte)'"':
                        inString = !inString;
                        break;
                    case (byte)'\\':
                        isEscaped = true;
                        break;
                    case (byte)'{' or (byte)'[':
                        depth++;
                        break;
                    default:
                        depth--;
                        break;
                }

                if (depth == 0 && !inString)
                {
                    _buffer.Position += i + 1;
                    return true;
                }
            }

            _buffer.Position += unread.Length;
            if (_buffer.IsTooLarge || !_buffer.Fill())
            {
                return false;
            }
        }
    }
}
