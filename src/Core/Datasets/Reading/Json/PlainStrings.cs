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
        SkipSpaces();
        if (IsAt((byte)']'))
        {
            End = _position;
            return false;
        }

        if (!_isFirst)
        {
            if (!IsAt((byte)','))
            {
                return false;
            }

            _position++;
            SkipSpaces();
        }

        if (!IsAt((byte)'"'))
        {
            return false;
        }

        start = _position + 1;
        length = _json[start..].IndexOf((byte)'"');
        if (length < 0)
        {
            return false;
        }

        _position = start + length + 1;
        _isFirst = false;
        return true;
    }

    private readonly bool IsAt(byte character) => _position < _json.Length && _json[_position] == character;

    private void SkipSpaces()
    {
        while (IsAt((byte)' '))
        {
            _position++;
        }
    }
}
