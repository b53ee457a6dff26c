namespace Droptune.Core.Datasets.Records;

/// <summary>
/// A reusable list of UTF-8 strings in one buffer. Texts stay bytes from file to snapshot: a string object for every
/// token would cost more than all checks together.
/// </summary>
internal sealed class Utf8List
{
    /// <summary>What <see cref="CopyTo"/> may overwrite behind the string.</summary>
    public const int Slack = 16;

    private byte[] _bytes = new byte[1024]; // the strings, a space behind each, and room for the slack
    private int[] _ends = new int[64];
    private int _length;

    public int Count { get; private set; }

    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            var start = index == 0 ? 0 : _ends[index - 1] + 1;
            return _bytes.AsSpan(start, _ends[index] - start);
        }
    }

    /// <summary>All strings, joined by spaces; valid until the next change of the list.</summary>
    public ReadOnlyMemory<byte> Joined => _bytes.AsMemory(0, Math.Max(_length - 1, 0));

    public void Clear() => (Count, _length) = (0, 0);

    /// <summary>Copies a string, returns its length. Most are short, and copying a fixed number of bytes is one instruction.</summary>
    public int CopyTo(int index, Span<byte> destination)
    {
        var start = index == 0 ? 0 : _ends[index - 1] + 1;
        var length = _ends[index] - start;
        if (length <= Slack)
        {
            _bytes.AsSpan(start, Slack).CopyTo(destination);
        }
        else
        {
            _bytes.AsSpan(start, length).CopyTo(destination);
        }

        return length;
    }

    public void Add(ReadOnlySpan<byte> utf8)
    {
        utf8.CopyTo(Reserve(utf8.Length));
        End(utf8.Length);
    }

    /// <summary>Adds a part of a longer text: most parts are short, see <see cref="CopyTo"/>.</summary>
    public void Add(ReadOnlySpan<byte> text, int start, int length)
    {
        var destination = Reserve(length);
        if (length <= Slack && text.Length - start >= Slack)
        {
            text.Slice(start, Slack).CopyTo(destination);
        }
        else
        {
            text.Slice(start, length).CopyTo(destination);
        }

        End(length);
    }

    public void Add(string text) => End(Encoding.UTF8.GetBytes(text, Reserve(Encoding.UTF8.GetMaxByteCount(text.Length))));

    /// <summary>Adds the reader's string or property name, unescaped.</summary>
    public void Add(ref Utf8JsonReader reader)
    {
        if (reader.ValueIsEscaped)
        {
            End(reader.CopyString(Reserve(reader.ValueSpan.Length)));
        }
        else
        {
            Add(reader.ValueSpan);
        }
    }

    private Span<byte> Reserve(int size)
    {
        if (_bytes.Length - _length <= size + Slack)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + size + Slack + 1));
        }

        return _bytes.AsSpan(_length);
    }

    private void End(int size)
    {
        if (Count == _ends.Length)
        {
            Array.Resize(ref _ends, Count * 2);
        }

        _length += size;
        _ends[Count++] = _length;
        _bytes[_length++] = (byte)' ';
    }
}
