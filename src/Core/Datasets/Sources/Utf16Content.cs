using System.Buffers.Binary;

namespace Droptune.Core.Datasets.Sources;

/// <summary>UTF-16 text as UTF-8; half a surrogate pair ends it, where a decoder would put another letter.</summary>
internal sealed class Utf16Content(Stream inner, bool isBigEndian) : ReadOnlyStream(inner)
{
    private readonly byte[] _read = new byte[1 << 14];
    private readonly byte[] _utf8 = new byte[(3 << 13) + 4];
    private int _start;
    private int _end;
    private char _high; // a high surrogate at the end of the last read
    private long _units; // code units so far
    private long _line = 1;

    public override int Read(Span<byte> buffer)
    {
        if (_start == _end)
        {
            Decode();
        }

        var length = Math.Min(buffer.Length, _end - _start);
        _utf8.AsSpan(_start, length).CopyTo(buffer);
        _start += length;
        return length;
    }

    private void Decode()
    {
        var length = Inner.ReadAtLeast(_read, _read.Length, throwOnEndOfStream: false);
        (_start, _end) = (0, 0);
        for (var i = 0; i + 1 < length; i += 2)
        {
            var unit = (char)(isBigEndian
                ? BinaryPrimitives.ReadUInt16BigEndian(_read.AsSpan(i))
                : BinaryPrimitives.ReadUInt16LittleEndian(_read.AsSpan(i)));
            if (_high != 0)
            {
                if (!Rune.TryCreate(_high, unit, out var pair))
                {
                    throw Broken("half of a surrogate pair", _units - 1);
                }

                _end += pair.EncodeToUtf8(_utf8.AsSpan(_end));
                _high = '\0';
            }
            else if (char.IsHighSurrogate(unit))
            {
                _high = unit;
            }
            else if (Rune.TryCreate(unit, out var rune))
            {
                _end += rune.EncodeToUtf8(_utf8.AsSpan(_end));
            }
            else
            {
                throw Broken("half of a surrogate pair", _units);
            }

            _units++;
            _line += unit == '\n' ? 1 : 0;
        }

        if (length < _read.Length && (_high != 0 || length % 2 != 0))
        {
            throw Broken("half of a character at its end", _high != 0 ? _units - 1 : _units);
        }
    }

    private UnreadableFileException Broken(string what, long unit) => new(
        FindingCode.BadEncoding, $"The file is UTF-16 and holds {what}: byte offset {2 + (unit * 2)}.", _line);
}
