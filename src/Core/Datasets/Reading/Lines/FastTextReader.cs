using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Records;

namespace Droptune.Core.Datasets.Reading.Lines;

/// <summary>fastText: a text a line, its labels before it as <c>__label__x</c>; where a text can have several, one without has none.</summary>
internal sealed class FastTextReader(Stream source, FindingLog log, ValidationSettings limits) : IDatasetReader
{
    private readonly TextLinesReader _lines = new(source, log, limits);

    public string Format => "fastText";

    private static ReadOnlySpan<byte> Mark => "__label__"u8;

    /// <summary>Whether a file begins with a label, or, where texts may have none, one of its first lines does.</summary>
    public static bool IsOne(ReadOnlySpan<byte> head, DatasetManifest manifest) => head.StartsWith(Mark)
        || (manifest.HasSeveralLabels() && (head.IndexOf("\n__label__"u8) >= 0 || head.IndexOf("\r__label__"u8) >= 0));

    public bool Read(Record record)
    {
        if (!_lines.Read(record))
        {
            return false;
        }

        var line = record.Source.Span.Trim(" \t"u8);
        record.Text.Clear();
        record.HasLabelList = true;
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
