using CsvHelper;
using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Records;
using Droptune.Core.Datasets.Sources;

namespace Droptune.Core.Datasets.Reading.Tables;

/// <summary>Rows of text and label under a header, RFC 4180 quoting; separated by comma, semicolon or tab, as the header is.</summary>
internal sealed class DelimitedReader : IDatasetReader
{
    private readonly FindingLog _log;
    private readonly DatasetManifest _manifest;
    private readonly CsvReader _rows;
    private readonly Record _malformed; // the rows that the library skips
    private int _text = -1;
    private int _label = -1;

    public DelimitedReader(string fileName, PeekStream source, FindingLog log, DatasetManifest manifest)
    {
        (_log, _manifest, _malformed) = (log, manifest, new Record(fileName));
        _rows = CsvReader.Create(source, new CsvReaderOptions
        {
            Separator = SeparatorOf(HeaderOf(source.Head)),
            MaxRecordSize = manifest.Validation.MaxRecordBytes,
            MalformedData = CsvMalformedDataHandling.Skip,
            FieldCountMismatch = CsvFieldCountHandling.Skip,
            OnMalformedRecord = ReportMalformed,
            TrackLineNumbers = true,
        });
    }

    public string Format => "CSV";

    /// <summary>Whether a file's first line is such a header: what tells a .tsv of texts from one of tokens.</summary>
    public static bool IsHeader(ReadOnlySpan<byte> head, DatasetManifest manifest)
    {
        var header = HeaderOf(head);
        var names = header.Split(SeparatorOf(header)).Select(name => name.Trim(' ', '"')).ToList();
        return names.Contains(manifest.TextColumn, StringComparer.OrdinalIgnoreCase)
            && names.Contains(manifest.LabelColumn, StringComparer.OrdinalIgnoreCase);
    }

    public bool Read(Record record)
    {
        try
        {
            if (_text < 0)
            {
                _text = IndexOf(_manifest.TextColumn, "textColumn");
                _label = IndexOf(_manifest.LabelColumn, "labelColumn");
            }

            if (!_rows.Read())
            {
                return false;
            }
        }
        catch (CsvFormatException e)
        {
            record.Start(e.LineNumber);
            _log.LeaveOut(FindingCode.RecordTooLarge, record,
                $"A row of more than {_manifest.Validation.MaxRecordBytes} bytes: is a quote not closed? The rest of the file is not read.");
            return false;
        }

        record.Start(_rows.LineNumber, _rows.RawRecord.ToArray());
        record.Text.Add(_rows.GetSpan(_text));
        record.Labels.Add(_rows.GetSpan(_label));
        return true;
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

    private int IndexOf(string name, string key)
    {
        var names = _rows.Headers.Select(header => header.Trim()).ToList();
        var index = names.FindIndex(header => header.Equals(name, StringComparison.OrdinalIgnoreCase));
        return index >= 0 ? index : throw new UnreadableFileException(
            FindingCode.MissingField,
            $"The header has no column '{name}', but {string.Join(", ", names.Take(20))}: name the right one as {key} in dataset.json.", 1);
    }

    private static string HeaderOf(ReadOnlySpan<byte> head)
    {
        var end = head.IndexOfAny((byte)'\r', (byte)'\n');
        return Encoding.UTF8.GetString(end < 0 ? head : head[..end]);
    }

    private static char SeparatorOf(string header) => ",;\t".MaxBy(separator => header.Count(c => c == separator));
}
