using System.Buffers;

namespace Droptune.Core.Datasets.Reading.Json;

/// <summary>
/// The strings of a JSON list as most are written: a comma and spaces between them, and in the whole record no escape and
/// no control character. What is different in any way is not judged here: <see cref="End"/> stays null, and the list is one
/// for the JSON reader.
/// </summary>
internal ref struct PlainStrings(ReadOnlySpan<byte> json, int start)
{
    private static readonly SearchValues<byte> EscapeOrControl = SearchValues.Create(
        [(byte)'\\', .. Enumerable.Range(0, 32).Select(b => (byte)b)]);

    private readonly ReadOnlySpan<byte> _json = json.ContainsAny(EscapeOrControl) ? [] : json;
    private int _position = start; // behind the opening bracket, or the string last read
    private bool _isFirst = true;

    /// <summary>Where the closing bracket is, once all strings before it were read.</summary>
    public int? End { get; private set; }

    /// <summary>Finds the next string between its quotes; false at the end, or at what is not plain.</summary>
    public bool Read(out int start, out int length)
    {
        (start, length) = (0, 0);
        var json = _json;
        var i = SkipSpaces(json, _position);
        if (i < json.Length && json[i] == ']')
        {
            End = i;
            return false;
        }

        if (!_isFirst)
        {
            if (i >= json.Length || json[i] != ',')
            {
                return false;
            }

            i = SkipSpaces(json, i + 1);
        }

        if (i >= json.Length || json[i] != '"')
        {
            return false;
        }

        start = i + 1;
        length = json[start..].IndexOf((byte)'"');
        _position = start + length + 1;
        _isFirst = false;
        return length >= 0;
    }

    private static int SkipSpaces(ReadOnlySpan<byte> json, int i)
    {
        while (i < json.Length && json[i] == ' ')
        {
            i++;
        }

        return i;
    }
}
