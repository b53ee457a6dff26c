using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Records;
using Droptune.Core.Text;

namespace Droptune.Core.Datasets.Checking.Spans;

/// <summary>
/// Finds what the offsets of one file's spans count: UTF-16 code units or code points, ends exclusive or inclusive, CRLF as two
/// or as one. The
/// manifest may say it; else the spans' own texts show it, where the export carries them; else the format says it.
/// What stays open is reported, never guessed.
/// </summary>
internal sealed class SpanOffsets(FindingLog log, DatasetManifest manifest)
{
    private readonly Convention[] _conventions =
        [.. from isCrLfOne in (bool[])[false, true]
            from end in manifest.SpanEnd is { } stated ? [stated] : (SpanEnd[])[SpanEnd.Exclusive, SpanEnd.Inclusive]
            from unit in manifest.SpanUnit is { } stated ? [stated] : (StringIndexType[])[StringIndexType.Utf16CodeUnit, StringIndexType.UnicodeCodePoint]
            select new Convention(unit, end, isCrLfOne)];

    private Convention? _shown; // by the spans so far

    /// <summary>
    /// The record's spans in UTF-16 units, end exclusive, in the record's order (not yet checked against the text's
    /// bounds); null when the record is left out.
    /// </summary>
    public IReadOnlyList<(int Start, int End)>? Resolve(Record record, ReadOnlySpan<char> text)
    {
        var pairs = text.ContainsAnyInRange('\uD800', '\uDFFF');
        var convention = record.Spans.Exists(span => span.Surface >= 0)
            ? FindBySurface(record, text)
            : FindWithoutSurface(record, text, pairs);
        return convention is null ? null : PlacesOf(record, text, pairs, convention.Value);
    }

    private Convention? FindBySurface(Record record, ReadOnlySpan<char> text)
    {
        var fitting = Fitting(record, text, isExact: true);
        if (fitting.Count == 0)
        {
            if (Fitting(record, text, isExact: false) is [var close, ..])
            {
                return close;
            }

            var usual = Usual(record);
            var span = record.Spans[Mismatch(record, text, usual, isExact: false)];
            var (start, end) = ToUtf16(text, pairs: true, usual, span);
            log.LeaveOut(FindingCode.SpanSurfaceMismatch, record, span.Offset,
                $"Span {span.Start} to {span.End} is {Quote(text, start, end)}, the export says {record.SpanStrings[span.Surface]}.");
            return null;
        }

        if (fitting.Count == 1)
        {
            _shown = fitting[0];
            return fitting[0];
        }

        // Several fit: no matter as long as they mean the same places.
        var places = PlacesOf(record, text, pairs: true, fitting[0]);
        var isClear = true;
        foreach (var other in fitting)
        {
            isClear &= PlacesOf(record, text, pairs: true, other).SequenceEqual(places);
        }

        return isClear ? fitting[0]
            : _shown is { } shown && fitting.Contains(shown) ? shown
            : record.SpanUnit is not null && fitting.Contains(Usual(record)) ? Usual(record)
            : Ambiguous(record, record.Spans[0]);
    }

    private List<Convention> Fitting(Record record, ReadOnlySpan<char> text, bool isExact)
    {
        var hasCrLf = text.Contains("\r\n", StringComparison.Ordinal);
        var fitting = new List<Convention>();
        foreach (var convention in _conventions)
        {
            if ((hasCrLf || !convention.IsCrLfOne) && Mismatch(record, text, convention, isExact) < 0)
            {
                fitting.Add(convention);
            }
        }

        return fitting;
    }

    private Convention? FindWithoutSurface(Record record, ReadOnlySpan<char> text, bool pairs)
    {
        if (!pairs || manifest.SpanUnit is not null || _shown is not null || record.SpanUnit is not null)
        {
            return Usual(record);
        }

        // Before the first pair, both count the same.
        var firstPair = text.IndexOfAnyInRange('\uD800', '\uDFFF');
        var open = record.Spans.FindIndex(span => Math.Max(span.Start, span.End) > firstPair);
        return open < 0 ? Usual(record) : Ambiguous(record, record.Spans[open]);
    }

    private Convention Usual(Record record) => new(
        manifest.SpanUnit ?? _shown?.Unit ?? record.SpanUnit ?? StringIndexType.Utf16CodeUnit,
        manifest.SpanEnd ?? _shown?.End ?? record.SpanEnd ?? SpanEnd.Exclusive);

    private Convention? Ambiguous(Record record, RawSpan span)
    {
        log.LeaveOut(FindingCode.SpanOffsetsAmbiguous, record, span.Offset,
            $"Span {span.Start} to {span.End} means different places, as UTF-16 code units or code points.");
        return null;
    }

    /// <summary>Index of the first span whose text is not its surface; -1 when all are.</summary>
    private static int Mismatch(Record record, ReadOnlySpan<char> text, Convention convention, bool isExact)
    {
        for (var i = 0; i < record.Spans.Count; i++)
        {
            var span = record.Spans[i];
            var (start, end) = ToUtf16(text, pairs: true, convention, span);
            if (span.Surface >= 0 && (start < 0 || start > end || (isExact ? end : start) > text.Length
                || !IsSurface(text[start..Math.Min(end, text.Length)], Encoding.UTF8.GetString(record.SpanStrings[span.Surface]), isExact)))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Whether a surface is a text but for white space, which tools join, trim and write as <c>\\n</c>.</summary>
    private static bool IsSurface(ReadOnlySpan<char> text, string surface, bool isExact)
    {
        if (isExact || text.SequenceEqual(surface))
        {
            return text.SequenceEqual(surface);
        }

        var escaped = surface.Replace("\\r", "\r", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\t", "\t", StringComparison.Ordinal);
        var visible = WithoutSpaces(text);
        return visible.Length > 0 && (visible == WithoutSpaces(surface) || visible == WithoutSpaces(escaped));
    }

    private static string WithoutSpaces(ReadOnlySpan<char> text) => string.Concat(text.ToString().Where(c => !char.IsWhiteSpace(c)));

    private static List<(int Start, int End)> PlacesOf(Record record, ReadOnlySpan<char> text, bool pairs, Convention convention)
    {
        var places = new List<(int Start, int End)>(record.Spans.Count);
        foreach (var span in record.Spans)
        {
            var (start, end) = ToUtf16(text, pairs, convention, span);
            places.Add((start, span.Surface >= 0 ? Math.Min(end, text.Length) : end)); // its surface fits
        }

        return places;
    }

    private static (int Start, int End) ToUtf16(ReadOnlySpan<char> text, bool pairs, Convention convention, RawSpan span)
    {
        // An offset that no text has stays one: the caller reports it.
        var start = (int)Math.Clamp(span.Start, -1, int.MaxValue / 2);
        var end = (int)Math.Clamp(span.End, -1, int.MaxValue / 2) + (convention.End == SpanEnd.Inclusive ? 1 : 0);
        var isCodePoints = pairs && convention.Unit == StringIndexType.UnicodeCodePoint;
        return isCodePoints || convention.IsCrLfOne
            ? (ToUtf16(text, start, isCodePoints, convention.IsCrLfOne), ToUtf16(text, end, isCodePoints, convention.IsCrLfOne))
            : (start, end);
    }

    private static int ToUtf16(ReadOnlySpan<char> text, int count, bool isCodePoints, bool isCrLfOne)
    {
        var index = 0;
        while (count > 0 && index < text.Length)
        {
            var isPair = (isCodePoints && char.IsHighSurrogate(text[index])) || (isCrLfOne && text[index..].StartsWith("\r\n"));
            index += isPair ? 2 : 1;
            count--;
        }

        return index + count; // beyond the end stays beyond it, negative stays negative
    }

    private static byte[] Quote(ReadOnlySpan<char> text, int start, int end)
    {
        start = Math.Clamp(start, 0, text.Length);
        return Encoding.UTF8.GetBytes(text[start..Math.Clamp(end, start, text.Length)].ToString());
    }

    private readonly record struct Convention(StringIndexType Unit, SpanEnd End, bool IsCrLfOne = false);
}
