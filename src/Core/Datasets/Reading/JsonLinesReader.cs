using Droptune.Core.Datasets.Checking;

namespace Droptune.Core.Datasets.Reading;

/// <summary>One JSON object a line; blank lines are skipped.</summary>
internal sealed class JsonLinesReader(Stream source, FindingLog log, DatasetManifest manifest) : IDatasetReader, IDisposable
{
    private readonly LineReader _lines = new(source, manifest.Validation.MaxRecordBytes);
    private readonly JsonRecordParser _parser = new(log, manifest);

    public string Format => "JSON Lines";

    public bool Read(Record record)
    {
        while (true)
        {
            _lines.StartBlock();
            if (!_lines.Read(out var range))
            {
                return false;
            }

            if (_lines.IsTooLarge)
            {
                log.Add(FindingCode.RecordTooLarge, _lines.BlockLine, 0, [],
                    $"A line of more than {manifest.Validation.MaxRecordBytes} bytes.");
                continue;
            }

            var line = _lines.Block[range];
            if (!line.Span.Trim(" \t"u8).IsEmpty && _parser.Parse(record, line, _lines.BlockLine))
            {
                return true;
            }
        }
    }

    public void Dispose() => _lines.Dispose();
}
