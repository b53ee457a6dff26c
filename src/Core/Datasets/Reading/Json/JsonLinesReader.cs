using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Reading.Lines;
using Droptune.Core.Datasets.Records;

namespace Droptune.Core.Datasets.Reading.Json;

/// <summary>One JSON record a line; blank lines are skipped.</summary>
internal sealed class JsonLinesReader(Stream source, FindingLog log, DatasetManifest manifest, ClassNames names) : IDatasetReader
{
    private readonly LineReader _lines = new(source, manifest.Validation.MaxRecordBytes);
    private readonly JsonRecordParser _parser = new(log, manifest, names);

    public string Format => "JSON Lines";

    public bool Read(Record record)
    {
        while (!_parser.ParseNext(record))
        {
            _lines.StartRecord();
            var more = _lines.Read(out var range);
            if (_lines.IsTooLarge)
            {
                record.Start(_lines.RecordLine);
                log.LeaveOut(FindingCode.RecordTooLarge, record, $"A line of more than {manifest.Validation.MaxRecordBytes} bytes.");
            }
            else if (!more)
            {
                return false;
            }
            else if (!_lines.At(range).Trim(" \t"u8).IsEmpty && _parser.Parse(record, _lines.Record[range], _lines.RecordLine))
            {
                return true;
            }
        }

        return true;
    }

    public void Dispose() => _lines.Dispose();
}
