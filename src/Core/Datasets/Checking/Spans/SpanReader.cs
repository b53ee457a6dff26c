using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Records;
using Droptune.Core.Text;
using Droptune.Core.Text.Unicode;

namespace Droptune.Core.Datasets.Checking.Spans;

/// <summary>
/// Makes a record's spans canonical: in UTF-16 units, sorted, without overlap, each over whole units, which are words or what the
/// dataset's labels need.
/// </summary>
internal sealed class SpanReader(FindingLog log, DatasetManifest manifest, LabelTable entityLabels, UnitEvidence evidence, SmallUnits? units)
{
    private const int LeastShort = 3; // ends of spans: fewer may be chance

    private readonly PreTokenizer _units = new(stripAccents: false, chineseCharacters: true, units?.AtCharacters);
    private readonly SpanOffsets _offsets = new(log, manifest);
    private readonly List<(int Start, int End, int Raw, TextRange Own)> _spans = [];
    private char[] _text = new char[1024];
    private int _ends; // of words of letters
    private int _short; // of those, one letter before the word's

    /// <summary>Fills <paramref name="spans"/>, or leaves the record out.</summary>
    public void Read(Record record, List<(int Start, int End, int Label)> spans)
    {
        spans.Clear();
        if (record.Spans.Count == 0)
        {
            return;
        }

        var text = Characters(record.Text[0]);
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

        _spans.Sort((one, other) => (one.Own.Start, one.Own.End, one.Raw).CompareTo((other.Own.Start, other.Own.End, other.Raw)));
        for (var i = 1; i < _spans.Count; i++)
        {
            if (_spans[i].Own.Start < _spans[i - 1].Own.End)
            {
                log.LeaveOut(FindingCode.SpanOverlap, record, record.Spans[_spans[i].Raw].Offset,
                    $"{Shown(text, record, _spans[i].Raw, _spans[i].Own)} overlaps {Shown(text, record, _spans[i - 1].Raw, _spans[i - 1].Own)}.");
                return;
            }
        }

        foreach (var (start, end, raw, own) in _spans)
        {
            var isTaken = spans.Count > 0 && start < spans[^1].End;
            if ((start, end) != (own.Start, own.End))
            {
                log.Add(FindingCode.SpanCutsWord, record, record.Spans[raw].Offset,
                    $"{Shown(text, record, raw, own)} is a part of {Utf8(text[start..end])}{(isTaken ? ", which another span has: it is left out" : ": it is taken as that")}.");
            }

            if (!isTaken)
            {
                spans.Add((start, end, entityLabels.IdOf(record.SpanStrings[record.Spans[raw].Label])));
            }
        }
    }

    /// <summary>Reports on the spans of a whole file: whether their ends are meant to be inclusive.</summary>
    public void Complete(string? file)
    {
        if (_short >= LeastShort && _short * 2 > _ends)
        {
            log.LeaveRest(FindingCode.SpanEndsShort, file, 0, $"{_short} of {_ends} spans end one letter before their word does.");
        }
    }

    private Span<char> Characters(ReadOnlySpan<byte> text)
    {
        if (_text.Length < text.Length)
        {
            _text = new char[text.Length];
        }

        return _text.AsSpan(0, Encoding.UTF8.GetChars(text, _text));
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

        evidence.Add(text, start, end);
        CountEnd(record, raw, text, start, end);
        var (wholeStart, wholeEnd) = Widen(text, start, end);
        _spans.Add((wholeStart, wholeEnd, index, new(start, end)));
    }

    /// <summary>Whether ends are inclusive shows in scripts with spaces between words, where nothing else tells.</summary>
    private void CountEnd(Record record, RawSpan raw, ReadOnlySpan<char> text, int start, int end)
    {
        if (manifest.SpanEnd is null && record.SpanEnd is null && raw.Surface < 0 && IsLetter(text, end - 1))
        {
            _ends++;
            _short += IsLetter(text, end) && !IsLetter(text, end + 1) && !(start > 0 && IsLetter(text, start - 1)) ? 1 : 0;
        }
    }

    /// <summary>Of an alphabet in which a word's last letter is no word of its own.</summary>
    private static bool IsLetter(ReadOnlySpan<char> text, int index) =>
        index < text.Length && UnicodeData.ScriptOf(text[index]) is Script.Latin or Script.Greek or Script.Cyrillic;

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

    /// <summary>The range with the units that it cuts.</summary>
    private (int Start, int End) Widen(ReadOnlySpan<char> text, int start, int end)
    {
        if (IsBorder(text, start) && IsBorder(text, end))
        {
            return (start, end);
        }

        var position = 0;
        while (_units.Next(text, ref position, out var unit) && unit.Start < end)
        {
            start = unit.Start < start && start < unit.End ? unit.Start : start;
            end = unit.Start < end && end < unit.End ? unit.End : end;
        }

        return (start, end);
    }

    /// <summary>Whether a border is one at first sight: the text's end, or ASCII that is no letter or digit beside it.</summary>
    private static bool IsBorder(ReadOnlySpan<char> text, int index) =>
        index == 0 || index == text.Length || IsApart(text[index - 1]) || IsApart(text[index]);

    private static bool IsApart(char c) => c < 0x80 && !char.IsAsciiLetterOrDigit(c) && c >= ' ';

    private static byte[] Shown(ReadOnlySpan<char> text, Record record, int raw, TextRange span) =>
        Utf8($"{text[span.Start..span.End]} ({Encoding.UTF8.GetString(record.SpanStrings[record.Spans[raw].Label])})");

    private static byte[] Utf8(ReadOnlySpan<char> text)
    {
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        return bytes[..Encoding.UTF8.GetBytes(text, bytes)];
    }
}
