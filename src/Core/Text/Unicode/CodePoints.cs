namespace Droptune.Core.Text.Unicode;

/// <summary>
/// Between UTF-16 indexes, which C# and JavaScript count by, and Unicode code points, which Python counts by. A lone surrogate
/// counts as one.
/// </summary>
public sealed class CodePoints
{
    // Index of each code point; null where the text has no surrogate pair, so that both counts are the same.
    private readonly int[]? _starts;
    private readonly int _length;

    public CodePoints(string text)
    {
        _length = text.Length;
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDBFF'))
        {
            return;
        }

        var starts = new List<int>(text.Length);
        for (var i = 0; i < text.Length; i += char.IsSurrogatePair(text, i) ? 2 : 1)
        {
            starts.Add(i);
        }

        starts.Add(text.Length);
        _starts = [.. starts];
    }

    /// <summary>The number of code points before a UTF-16 index; an index inside a pair counts as its start.</summary>
    public int FromUtf16(int index)
    {
        if (_starts is null)
        {
            return index;
        }

        var found = Array.BinarySearch(_starts, index);
        return found >= 0 ? found : ~found - 1;
    }

    /// <summary>The UTF-16 index of a code point; the end of the text for one beyond it.</summary>
    public int ToUtf16(int codePoint) => _starts is null ? Math.Min(codePoint, _length)
        : _starts[Math.Min(codePoint, _starts.Length - 1)];

    /// <summary>The code point at an index and how many UTF-16 units it has; a lone surrogate is its own.</summary>
    internal static int At(ReadOnlySpan<char> text, int index, out int length)
    {
        var first = text[index];
        if (char.IsHighSurrogate(first) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]))
        {
            length = 2;
            return char.ConvertToUtf32(first, text[index + 1]);
        }

        length = 1;
        return first;
    }

    internal static void Append(StringBuilder text, int code)
    {
        if (code > char.MaxValue)
        {
            text.Append(new Rune(code));
        }
        else
        {
            text.Append((char)code);
        }
    }
}
