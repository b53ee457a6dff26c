using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Records;
using Droptune.Core.Text;

namespace Droptune.Core.Datasets.Checking.Spans;

/// <summary>Makes a record's spans canonical: in UTF-16 units, sorted, without overlap, each over whole words.</summary>
internal sealed class SpanReader(FindingLog log, DatasetManifest manifest, LabelTable entityLabels)
{
    private static readonly PreTokenizer Words = new(stripAccents: false, chineseCharacters: true);
    private readonly SpanOffsets _offsets = new(log, manifest);
    private readonly List<(int Start, int End, int Raw)> _spans = [];
    private char[] _text = new char[1024];

    /// <summary>Fills <paramref name="spans"/>, or leaves the record out.</summary>
    public void Read(Record record, List<(int Start, int End, int Label)> spans)
    {
        spans.Clear();
        if (record.Spans.Count == 0)
        {
            return;
        }

        if (_text.Length < record.Text[0].Length)
        {
            _text = new char[record.Text[0].Length];
        }

        var text = _text.AsSpan(0, Encoding.UTF8.GetChars(record.Text[0], _text));
        if (_offsets.Resolve(record, text) is not { } resolved)
        {
            return;
        }

        _spans.Clear();
        for (var i = 0; i < resolved.Count; i++)
        {
            var (start, end) = resolved[i];
            CheckRange(record, i, text, start, end);
        }

        if (_spans.Count < resolved.Count)
        {
            return;
        }

        _spans.Sort();
        for (var i = 1; i < _spans.Count; i++)
        {
            if (_spans[i].Start < _spans[i - 1].End)
            {
                log.LeaveOut(FindingCode.SpanOverlap, record, record.Spans[_spans[i].Raw].Offset,
                    $"{Shown(text, record, _spans[i])} overlaps {Shown(text, record, _spans[i - 1])}.");
                return;
            }
        }

        foreach (var (start, end, raw) in _spans)
        {
            spans.Add((start, end, entityLabels.IdOf(record.SpanStrings[record.Spans[raw].Label])));
        }
    }

    private void CheckRange(Record record, int index, ReadOnlySpan<char> text, int start, int end)
    {
        var raw = record.Spans[index];
        if (record.SpanStrings[raw.Label].Trim(" \t\r\n"u8).IsEmpty)
        {
            log.LeaveOut(FindingCode.EmptyField, record, raw.Offset, $"The label of span {raw.Start} to {raw.End} is blank.");
            return;
        }

        if (start < 0 || end > text.Length || start >= end)
        {
            log.LeaveOut(FindingCode.SpanOutOfRange, record, raw.Offset,
                $"Span {raw.Start} to {raw.End} {(start >= end ? "is empty" : $"leaves the text, which has {text.Length} characters")}.");
            return;
        }

        var (trimmedStart, trimmedEnd) = Trim(text, start, end);
        if (trimmedStart == trimmedEnd)
        {
            log.LeaveOut(FindingCode.SpanOutOfRange, record, raw.Offset, $"Span {raw.Start} to {raw.End} holds white space only.");
            return;
        }

        if ((trimmedStart, trimmedEnd) != (start, end))
        {
            log.Add(FindingCode.SpanEdgeSpace, record, raw.Offset,
                $"Span {raw.Start} to {raw.End} ({Utf8(text[start..end])}) begins or ends with white space.");
            (start, end) = (trimmedStart, trimmedEnd);
        }

        var (wholeStart, wholeEnd) = Widen(text, start, end);
        if ((wholeStart, wholeEnd) != (start, end))
        {
            log.Add(FindingCode.SpanCutsWord, record, raw.Offset,
                $"Span {raw.Start} to {raw.End} is {Utf8(text[start..end])} of {Utf8(text[wholeStart..wholeEnd])}.");
        }

        _spans.Add((wholeStart, wholeEnd, index)); // widened where the manifest makes it a warning
    }

    private static (int Start, int End) Trim(ReadOnlySpan<char> text, int start, int end)
    {
        while (start < end && char.IsWhiteSpace(text[start]))
        {
            start++;
        }

        while (end > start && char.IsWhiteSpace(text[end - 1]))
        {
            end--;
        }

        return (start, end);
    }

    /// <summary>The range with the words that it cuts.</summary>
    private static (int Start, int End) Widen(ReadOnlySpan<char> text, int start, int end)
    {
        if (IsBorder(text, start) && IsBorder(text, end))
        {
            return (start, end);
        }

        var position = 0;
        while (Words.Next(text, ref position, out var word) && word.Start < end)
        {
            start = word.Start < start && start < word.End ? word.Start : start;
            end = word.Start < end && end < word.End ? word.End : end;
        }

        return (start, end);
    }

    /// <summary>Whether a border is one at first sight: the text's end, or ASCII that is no letter or digit beside it.</summary>
    private static bool IsBorder(ReadOnlySpan<char> text, int index) =>
        index == 0 || index == text.Length || IsApart(text[index - 1]) || IsApart(text[index]);

    private static bool IsApart(char c) => c < 0x80 && !char.IsAsciiLetterOrDigit(c) && c >= ' ';

    private static byte[] Shown(ReadOnlySpan<char> text, Record record, (int Start, int End, int Raw) span) =>
        Utf8($"{text[span.Start..span.End]} ({Encoding.UTF8.GetString(record.SpanStrings[record.Spans[span.Raw].Label])})");

    private static byte[] Utf8(ReadOnlySpan<char> text)
    {
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        return bytes[..Encoding.UTF8.GetBytes(text, bytes)];
    }
}
