using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Records;

namespace Droptune.Core.Datasets.Reading.Lines;

/// <summary>Texts without labels, one a line; blank lines are skipped.</summary>
internal sealed class TextLinesReader(Stream source, FindingLog log, ValidationSettings limits) : IDatasetReader
{
    private readonly LineReader _lines = new(source, limits.MaxRecordBytes);

    public string Format => "text lines";

    public bool Read(Record record)
    {
        while (true)
        {
            _lines.StartRecord();
            var more = _lines.Read(out var range);
            record.Start(_lines.RecordLine);
            if (_lines.IsTooLarge)
            {
                log.LeaveOut(FindingCode.RecordTooLarge, record, $"A line of more than {limits.MaxRecordBytes} bytes.");
            }
            else if (!more)
            {
                return false;
            }
            else if (_lines.At(range).Trim(" \t"u8) is { IsEmpty: false } text)
            {
                record.Text.Add(text);
                record.Source = _lines.Record[range];
                return true;
            }
        }
    }

    public void Dispose() => _lines.Dispose();
}
