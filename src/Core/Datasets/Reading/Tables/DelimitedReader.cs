using CsvHelper;
using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Reading.Json;
using Droptune.Core.Datasets.Records;
using Droptune.Core.Datasets.Sources;

namespace Droptune.Core.Datasets.Reading.Tables;

/// <summary>
/// Rows of text and label, and entities as JSON in a cell, under a header or in columns by number; RFC 4180 quoting; separated by
/// comma, semicolon or tab, as the first line is.
/// </summary>
internal sealed class DelimitedReader : IDatasetReader
{
    private readonly FindingLog _log;
    private readonly DatasetManifest _manifest;
    private readonly CsvReader _rows;
    private readonly Record _malformed; // the rows that the library skips
    private readonly UnreadAnnotations _unread;
    private readonly char _separator;
    private readonly int _fields; // of the first line
    private readonly string _labelColumn;
    private readonly int _tags = -1; // lists of tags, where the text is a list of tokens
    private int _text = -1;
    private int _label = -1;
    private int _entities = -1;

    public DelimitedReader(string fileName, PeekStream source, FindingLog log, DatasetManifest manifest)
    {
        (_log, _manifest, _malformed, _unread) = (log, manifest, new Record(fileName), new(log));
        var header = TableHeader.Of(source.Head);
        (_separator, _fields, _labelColumn) = (header.Separator, header.Names.Count, header.LabelColumn(manifest));
        if (!IsNumbered(manifest) && header.Lists(manifest) is var (tokens, tags))
        {
            (_text, _tags) = (tokens, tags);
        }

        _rows = CsvReader.Create(source, new CsvReaderOptions
        {
            Separator = _separator,
            HasHeader = !IsNumbered(manifest),
            MaxRecordSize = manifest.Validation.MaxRecordBytes,
            MalformedData = CsvMalformedDataHandling.Skip,
            FieldCountMismatch = CsvFieldCountHandling.Skip,
            OnMalformedRecord = ReportMalformed,
            TrackLineNumbers = true,
        });
    }

    public string Format => "CSV";

    /// <summary>Whether a file has a line for each text, not for each token: its first line is such a header, or the manifest numbers its columns.</summary>
    public static bool IsTable(ReadOnlySpan<byte> head, DatasetManifest manifest)
    {
        if (IsNumbered(manifest))
        {
            return true;
        }

        var header = TableHeader.Of(head);
        return header.Names.Contains(manifest.TextColumn.ToLowerInvariant()) && header.Names.Contains(header.LabelColumn(manifest).ToLowerInvariant());
    }

    public bool Read(Record record)
    {
        while (ReadRow(record))
        {
            record.Start(_rows.LineNumber, _rows.RawRecord.ToArray());
            if (SwallowedRows(_rows.RawRecord) is > 1 and var rows)
            {
                _log.LeaveOut(FindingCode.MalformedRecord, record,
                    $"A quote takes in {rows} lines that are rows by themselves: a quote that opens no field must be doubled, in a field that is quoted itself.");
                continue;
            }

            if (_tags >= 0)
            {
                if (ReadLists(record))
                {
                    return true;
                }

                continue;
            }

            record.Text.Add(_rows.GetSpan(_text));
            ReadLabels(record, _rows.GetSpan(_label));
            if (_entities < 0 || ReadEntities(record, _rows.GetSpan(_entities)))
            {
                return true;
            }
        }

        return false;
    }

    public void Dispose() => _rows.Dispose();

    private void ReportMalformed(CsvMalformedRecord row)
    {
        _malformed.Start(row.LineNumber, Encoding.UTF8.GetBytes(row.RawRecord));
        _log.LeaveOut(FindingCode.MalformedRecord, _malformed, $"{row.Reason switch
        {
            CsvMalformedReason.FieldCountMismatch => $"The row has not the header's {_rows.Headers.Count} fields: text with the separator in it must be quoted.",
            CsvMalformedReason.UnterminatedQuote => "A quote is opened and never closed.",
            _ => "A quote stands where none may: a field with quotes is quoted itself, and its quotes are doubled.",
        }}");
    }

    private bool ReadRow(Record record)
    {
        try
        {
            if (_text < 0)
            {
                FindColumns(record);
            }

            return _rows.Read();
        }
        catch (CsvFormatException e)
        {
            record.Start(e.LineNumber);
            _log.LeaveOut(FindingCode.RecordTooLarge, record,
                $"A row of more than {_manifest.Validation.MaxRecordBytes} bytes: is a quote not closed? The rest of the file is not read.");
            return false;
        }
    }

    private static bool IsNumbered(DatasetManifest manifest) => NumberOf(manifest.TextColumn) is not null;

    private static int? NumberOf(string column) => int.TryParse(column, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;

    private void FindColumns(Record record)
    {
        _text = IndexOf(_manifest.TextColumn, "textColumn");
        _label = IndexOf(_labelColumn, "labelColumn");
        record.Start(1);
        foreach (var (i, header) in _rows.Headers.Index().Where(column => column.Index != _text && column.Index != _label))
        {
            if (_entities < 0 && header.Trim().ToLowerInvariant() is "entities" or "spans" or "annotations")
            {
                _entities = i;
            }
            else if (UnreadAnnotations.IsName(header.Trim()))
            {
                _unread.Note(record, header.Trim());
            }
        }
    }

    private int IndexOf(string name, string key)
    {
        if (IsNumbered(_manifest))
        {
            return NumberOf(name) is { } number && number <= _fields ? number - 1 : throw new UnreadableFileException(
                FindingCode.MissingField, $"{key} is '{name}', which is no number from 1 to {_fields}, those of the first line's columns.", 1);
        }

        var names = _rows.Headers.Select(header => header.Trim()).ToList();
        var index = names.FindIndex(header => header.Equals(name, StringComparison.OrdinalIgnoreCase));
        return index >= 0 ? index : throw NoColumn(name, key);
    }

    private UnreadableFileException NoColumn(string name, string key) => new(
        FindingCode.MissingField,
        $"The header has no column '{name}', but {string.Join(", ", _rows.Headers.Select(header => header.Trim()).Take(20))}: name the right one as {key} in dataset.json.", 1);

    /// <summary>Reads cells of tokens and tags; false when the record is left out.</summary>
    private bool ReadLists(Record record)
    {
        var (tokens, tags) = (CellList.Parse(_rows.GetSpan(_text)), CellList.Parse(_rows.GetSpan(_tags)));
        if (tokens is null || tags is null)
        {
            _log.LeaveOut(FindingCode.MalformedRecord, record, $"A list in a cell does not end: lists are written as [\"a\", \"b\"], or as words between spaces.");
            return false;
        }

        if (record.Number == 1 && tags.Count != tokens.Count && !_rows.GetSpan(_tags).TrimStart(" "u8).StartsWith("["u8))
        {
            throw NoColumn(_manifest.LabelColumn, "labelColumn"); // its words are no tags
        }

        tokens.ForEach(record.Tokens.Add);
        tags.ForEach(tag => record.Tags.Add(Encoding.UTF8.GetBytes(tag), 0));
        (record.HasTokens, record.HasTags) = (true, true);
        return true;
    }

    /// <summary>A label, or a list of them; between semicolons only where a text can have several.</summary>
    private void ReadLabels(Record record, ReadOnlySpan<byte> cell)
    {
        if (!_manifest.HasSeveralLabels() && !LabelCell.IsList(cell))
        {
            record.Labels.Add(cell);
            return;
        }

        record.HasLabelList = true;
        LabelCell.Parse(cell).ForEach(record.Labels.Add);
    }

    /// <summary>Reads a cell of entities; false when the record is left out.</summary>
    private bool ReadEntities(Record record, ReadOnlySpan<byte> cell)
    {
        var reader = new Utf8JsonReader(cell);
        string? problem;
        try
        {
            problem = cell.Trim(" "u8).IsEmpty || !reader.Read() ? null : JsonSpans.Read(record, ref reader);
        }
        catch (JsonException)
        {
            problem = "The entities are no JSON.";
        }

        record.HasSpans = true;
        for (var i = 0; i < record.Spans.Count; i++)
        {
            record.Spans[i] = record.Spans[i] with { Offset = 0 }; // the reader counts in the cell
        }

        if (problem is not null)
        {
            _log.LeaveOut(FindingCode.MalformedRecord, record, $"{problem}");
        }

        return problem is null;
    }

    /// <summary>
    /// Lines of a row that have, each by itself, as many columns as a row: a stray quote joined them. Only between tabs: a text of
    /// several lines often has commas.
    /// </summary>
    private int SwallowedRows(ReadOnlySpan<byte> row)
    {
        row = row.TrimEnd("\r\n"u8);
        if (_separator != '\t' || !row.ContainsAny((byte)'\n', (byte)'\r'))
        {
            return 1;
        }

        var lines = 0;
        foreach (var line in row.SplitAny("\r\n"u8))
        {
            if (row[line] is { IsEmpty: false } text)
            {
                lines++;
                if (text.Count((byte)_separator) != _fields - 1)
                {
                    return 1;
                }
            }
        }

        return lines;
    }
}
