using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Records;

namespace Droptune.Core.Datasets.Reading.Lines;

/// <summary>fastText: a text a line, its labels before it as <c>__label__x</c>.</summary>
internal sealed class FastTextReader(Stream source, FindingLog log, ValidationSettings limits) : IDatasetReader
{
    private readonly TextLinesReader _lines = new(source, log, limits);

    public string Format => "fastText";

    public static ReadOnlySpan<byte> Mark => "__label__"u8;

    public bool Read(Record record)
    {
        if (!_lines.Read(record))
        {
            return false;
        }

        var line = record.Source.Span.Trim(" \t"u8);
        record.Text.Clear();
        while (line.StartsWith(Mark))
        {
            var end = line.IndexOfAny((byte)' ', (byte)'\t');
            var label = line[Mark.Length..(end < 0 ? line.Length : end)];
            record.Labels.Add(label.TrimEnd((byte)',')); // some write a comma behind it
            line = end < 0 ? [] : line[end..].TrimStart(" \t"u8);
        }

        record.Text.Add(line);
        return true;
    }

    public void Dispose() => _lines.Dispose();
}
