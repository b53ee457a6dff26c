using System.Runtime.InteropServices;
using Droptune.Core.Text;

namespace Droptune.Core.Datasets.Records;

/// <summary>
/// One example as it stands in a file (null = in none), nothing checked yet. Reused for all records of the file;
/// <see cref="Source"/> and all strings are valid until the next read.
/// </summary>
internal sealed class Record(string? file)
{
    public string? File => file;

    /// <summary>Which record of the file this is: <see cref="Start"/> counts.</summary>
    public long Number { get; private set; }

    /// <summary>Line on which the record begins.</summary>
    public long Line { get; private set; }

    /// <summary>The record's bytes in the file: what findings quote. Offsets below count in it.</summary>
    public ReadOnlyMemory<byte> Source { get; set; }

    /// <summary>Where in <see cref="Source"/> the JSON reader at work began.</summary>
    public int ReaderStart { get; set; }

    public Utf8List Tokens { get; } = new();

    public TagList Tags { get; } = new();

    public bool HasTokens { get; set; }

    public bool HasTags { get; set; }

    /// <summary>The text, the label: lists of at most one, empty where there is none.</summary>
    public Utf8List Text { get; } = new();

    /// <summary>All labels the record gives its text: one, unless something is wrong with it, or the dataset has several a text.</summary>
    public Utf8List Labels { get; } = new();

    /// <summary>Whether a list of labels is there, if only an empty one: none of them holds.</summary>
    public bool HasLabelList { get; set; }

    public List<RawSpan> Spans { get; } = [];

    public bool HasSpans { get; set; }

    /// <summary>Whether an empty list stands where others have spans or labels: no entities, or not labelled yet.</summary>
    public bool MayBeUnlabelled { get; set; }

    /// <summary>Strings that <see cref="Spans"/> refer to.</summary>
    public Utf8List SpanStrings { get; } = new();

    /// <summary>What the offsets count where the format itself says so.</summary>
    public StringIndexType? SpanUnit { get; set; }

    /// <summary>Whether ends are inclusive where the format itself says so.</summary>
    public SpanEnd? SpanEnd { get; set; }

    /// <summary>The split that the record states for itself; null = its file's.</summary>
    public Split? Split { get; set; }

    /// <summary>Adds a span as the file has it; <paramref name="surface"/> is null where the file does not carry its text.</summary>
    public void AddSpan(string label, long start, long end, string? surface = null, int offset = 0)
    {
        HasSpans = true;
        SpanStrings.Add(label);
        var index = SpanStrings.Count - 1;
        if (surface is not null)
        {
            SpanStrings.Add(surface);
        }

        Spans.Add(new RawSpan(start, end, index, surface is null ? -1 : index + 1, offset));
    }

    /// <summary>Where in <see cref="Source"/> an element parsed from it stands.</summary>
    public int OffsetOf(JsonElement element) =>
        Source.Span.Overlaps(JsonMarshal.GetRawUtf8Value(element), out var offset) ? Math.Max(offset, 0) : 0;

    /// <summary>Where in <see cref="Source"/> the reader's token is.</summary>
    public int OffsetOf(ref Utf8JsonReader reader) => ReaderStart + (int)reader.TokenStartIndex;

    /// <summary>The 1-based line and column (code points) of an offset in <see cref="Source"/>.</summary>
    public (long Line, int Column) PlaceOf(int offset)
    {
        var before = Source.Span[..offset];
        var lineEnd = LineEnd;
        var line = Line + before.Count(lineEnd);
        var start = before.LastIndexOf(lineEnd) + 1;

        // Code points = bytes that do not continue another.
        var column = 1;
        foreach (var b in before[start..])
        {
            column += (b & 0xC0) == 0x80 ? 0 : 1;
        }

        return (line, column);
    }

    /// <summary>The line of <see cref="Source"/> that <paramref name="offset"/> is in.</summary>
    public ReadOnlySpan<byte> LineOf(int offset)
    {
        var source = Source.Span;
        var start = source[..offset].LastIndexOf(LineEnd) + 1;
        var end = source[offset..].IndexOf(LineEnd);
        return source[start..(end < 0 ? source.Length : offset + end)].TrimEnd((byte)'\r');
    }

    private byte LineEnd => Source.Span.Contains((byte)'\n') ? (byte)'\n' : (byte)'\r';

    /// <summary>Leaves the text or the words alone.</summary>
    public void ClearLabels()
    {
        Tags.Clear();
        Labels.Clear();
        Spans.Clear();
        (HasTags, HasSpans, HasLabelList, MayBeUnlabelled) = (false, false, false, false);
    }

    /// <summary>Begins another record, with nothing in it.</summary>
    public void Start(long line, ReadOnlyMemory<byte> source = default)
    {
        (Number, Line, Source) = (Number + 1, line, source);
        Tokens.Clear();
        Tags.Clear();
        Text.Clear();
        Labels.Clear();
        Spans.Clear();
        SpanStrings.Clear();
        (ReaderStart, HasTokens, HasTags, HasSpans, HasLabelList, MayBeUnlabelled) = (0, false, false, false, false, false);
        (SpanUnit, SpanEnd, Split) = (null, null, null);
    }
}

/// <summary>
/// A span as the file has it; <paramref name="Label"/> and <paramref name="Surface"/> index the record's span strings,
/// <paramref name="Surface"/> is -1 where the file does not carry the span's text.
/// </summary>
internal readonly record struct RawSpan(long Start, long End, int Label, int Surface, int Offset);
