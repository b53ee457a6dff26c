using System.Text.RegularExpressions;
using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Reading.Lines;
using Droptune.Core.Datasets.Records;
using Droptune.Core.Datasets.Sources;

namespace Droptune.Core.Datasets.Reading.Standoff;

/// <summary>
/// WebAnno TSV 3 (WebAnno, INCEpTION): one token a line, with columns that its header names; entities are the values of one of
/// them, <c>PER[1]</c> where they go on over several tokens.
/// </summary>
internal sealed partial class WebAnnoReader(string fileName, Stream source, FindingLog log, ValidationSettings limits) : IDatasetReader
{
    private const int FirstColumn = 3; // behind number, place and token

    private readonly LineReader _lines = new(source, limits.MaxRecordBytes);
    private readonly List<string> _columns = []; // layer and feature of each
    private int _column = -1;
    private string _before = ""; // the entity of the token before

    public static ReadOnlySpan<byte> Mark => "#FORMAT=WebAnno TSV 3"u8;

    public string Format => "WebAnno TSV";

    public bool Read(Record record)
    {
        _lines.StartRecord();
        record.Start(_lines.RecordLine);
        while (_lines.Read(out var range))
        {
            var line = Encoding.UTF8.GetString(_lines.At(range));
            if (_lines.IsTooLarge && line.Length > 0)
            {
                if (!log.IsLeftOut(record))
                {
                    log.LeaveOut(FindingCode.RecordTooLarge, record, $"A sentence of more than {limits.MaxRecordBytes} bytes.");
                }
            }
            else if (line.StartsWith("#T_", StringComparison.Ordinal))
            {
                AddColumns(line);
            }
            else if (line.Length > 0 && line[0] != '#')
            {
                ReadToken(record, line.Split('\t'), range.Start.Value);
            }
            else if (line.Length == 0)
            {
                if (record.Tokens.Count > 0 && End(record))
                {
                    return true;
                }

                _lines.StartRecord();
                record.Start(_lines.RecordLine);
            }
        }

        return record.Tokens.Count > 0 && End(record);
    }

    public void Dispose() => _lines.Dispose();

    private bool End(Record record)
    {
        (record.HasTokens, record.HasTags, record.Source, _before) = (true, true, _lines.Record, "");
        return !log.IsLeftOut(record);
    }

    /// <summary>A line such as <c>#T_SP=de…NamedEntity|identifier|value</c>: a layer and its features, a column each.</summary>
    private void AddColumns(string line)
    {
        var parts = line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..].Split('|');
        var layer = (line.StartsWith("#T_SP", StringComparison.Ordinal) ? "" : "relation ") + parts[0][(parts[0].LastIndexOf('.') + 1)..];
        _columns.AddRange(parts.Length == 1 ? [layer] : parts.Skip(1).Select(feature => $"{layer}.{feature}"));
    }

    /// <summary>The column of entities; the others are named as not read.</summary>
    private int FindColumn()
    {
        var found = _columns.Index().Where(column => !column.Item.StartsWith("relation ", StringComparison.Ordinal)).ToList();
        var values = found.Where(column => column.Item == "NamedEntity.value").ToList() is { Count: > 0 } named ? named
            : found.Count == 1 ? found
            : found.Where(column => column.Item.EndsWith(".value", StringComparison.Ordinal)).ToList();
        if (values is not [var only])
        {
            throw new UnreadableFileException(FindingCode.FormatNotRead,
                $"This is WebAnno TSV, and which of its layers are the entities is not clear: {string.Join(", ", _columns)}. Export the layer NamedEntity, or one layer alone.");
        }

        new UnreadAnnotations(log).NoteAll(fileName, _columns.Where(column => column != only.Item && !column.EndsWith(".identifier", StringComparison.Ordinal)));
        return FirstColumn + only.Index;
    }

    private void ReadToken(Record record, string[] cells, int offset)
    {
        _column = _column < 0 ? FindColumn() : _column;
        if (cells.Length <= _column)
        {
            log.LeaveOut(FindingCode.MalformedRecord, record, _lines.Number, 1, _lines.Record.Span[offset..], $"The line has {cells.Length} columns, and the entities are in column {_column + 1}.");
            return;
        }

        var value = cells[_column];
        if (cells[0].Contains('.', StringComparison.Ordinal))
        {
            if (value != "_")
            {
                log.LeaveOut(FindingCode.SpanCutsWord, record, _lines.Number, 1, _lines.Record.Span[offset..], $"{value} is of a part of a token.");
            }

            return;
        }

        if (Stack().IsMatch(value))
        {
            log.LeaveOut(FindingCode.SpanOverlap, record, _lines.Number, 1, _lines.Record.Span[offset..], $"{value}: the token is of several entities.");
            return;
        }

        var label = Escape().Replace(Number().Replace(value, ""), "$1");
        var isEntity = value != "_" && label != "*";
        record.Tokens.Add(Escape().Replace(cells[2], "$1"));
        record.Tags.Add(Encoding.UTF8.GetBytes(!isEntity ? "O" : value == _before && Number().IsMatch(value) ? $"I-{label}" : $"B-{label}"), offset);
        _before = value;
    }

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex Stack();

    [GeneratedRegex(@"(?<!\\)\[\d+\]$")]
    private static partial Regex Number();

    [GeneratedRegex(@"\\([\\\[\]|_;>*-])")]
    private static partial Regex Escape();
}
