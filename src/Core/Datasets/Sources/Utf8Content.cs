using System.Buffers;
using System.Text.Unicode;

namespace Droptune.Core.Datasets.Sources;

/// <summary>
/// A text file's content as UTF-8, every byte proven before it is handed out: anything else ends the file with a finding
/// that names the first bad byte, never with wrong letters.
/// </summary>
internal sealed class Utf8Content : ReadOnlyStream
{
    private readonly long _maxBytes;
    private readonly byte[] _open = new byte[4]; // a sequence that the last read cut off
    private int _openLength;
    private long _offset; // bytes read before the current chunk
    private long _line = 1;

    private Utf8Content(Stream content, long offset, long maxBytes)
        : base(content) => (_offset, _maxBytes) = (offset, maxBytes);

    /// <summary>Finds the encoding by the byte order mark; without one it has to be UTF-8.</summary>
    public static Utf8Content Open(PeekStream content, long maxBytes)
    {
        switch (content.Head)
        {
            case [0xEF, 0xBB, 0xBF, ..]:
                content.Skip(3);
                return new Utf8Content(content, 3, maxBytes);
            case [0xFF, 0xFE, 0, 0, ..] or [0, 0, 0xFE, 0xFF, ..]:
                throw new UnreadableFileException(FindingCode.BadEncoding, "The file is UTF-32: byte offset 0.", 1);
            case [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..]:
                content.Skip(2);
                return new Utf8Content(new Utf16Content(content, content.Head[0] == 0xFE), 0, maxBytes);
            case [(byte)'P', (byte)'K', 3, 4, ..]:
                throw new UnreadableFileException(FindingCode.BadEncoding, "The file is no text but a ZIP archive, as an Excel workbook is: give it its extension, .zip or .xlsx, or export it as CSV.", 1);
            default:
                return new Utf8Content(content, 0, maxBytes);
        }
    }

    public override int Read(Span<byte> buffer)
    {
        var length = Inner.Read(buffer);
        if (length == 0 && buffer.Length > 0 && _openLength > 0)
        {
            throw Bad(_offset - _openLength, _line, _open.AsSpan(0, _openLength), "ends inside a character");
        }

        Check(buffer[..length]);
        _offset += length;
        _line += buffer[..length].Count((byte)'\n');
        return _offset <= _maxBytes ? length : throw new UnreadableFileException(
            FindingCode.FileTooLarge, $"The file has more than {_maxBytes} bytes.");
    }

    private void Check(ReadOnlySpan<byte> chunk)
    {
        var checkedLength = 0;
        while (_openLength > 0 && checkedLength < chunk.Length)
        {
            _open[_openLength++] = chunk[checkedLength++];
            switch (Rune.DecodeFromUtf8(_open.AsSpan(0, _openLength), out _, out _))
            {
                case OperationStatus.Done:
                    _openLength = 0;
                    break;
                case OperationStatus.InvalidData:
                    throw Bad(_offset + checkedLength - _openLength, _line, _open.AsSpan(0, _openLength), "is not UTF-8");
            }
        }

        var rest = chunk[checkedLength..];
        var whole = rest[..^OpenLength(rest)];
        if (!Utf8.IsValid(whole) || whole.Contains((byte)0))
        {
            throw FirstBad(whole, _offset + checkedLength);
        }

        _openLength += rest.Length - whole.Length;
        rest[whole.Length..].CopyTo(_open);
    }

    /// <summary>Bytes at the end that begin a sequence and do not end it.</summary>
    private static int OpenLength(ReadOnlySpan<byte> bytes)
    {
        for (var length = 1; length <= Math.Min(3, bytes.Length); length++)
        {
            if ((bytes[^length] & 0xC0) != 0x80)
            {
                return Rune.DecodeFromUtf8(bytes[^length..], out _, out _) == OperationStatus.NeedMoreData ? length : 0;
            }
        }

        return 0;
    }

    private UnreadableFileException FirstBad(ReadOnlySpan<byte> bytes, long offset)
    {
        var i = 0;
        while (bytes[i] != 0 && Rune.DecodeFromUtf8(bytes[i..], out _, out var length) == OperationStatus.Done)
        {
            i += length;
        }

        var line = _line + bytes[..i].Count((byte)'\n');
        return Bad(offset + i, line, bytes.Slice(i, Math.Min(64, bytes.Length - i)), "is not UTF-8");
    }

    private static UnreadableFileException Bad(long offset, long line, ReadOnlySpan<byte> bytes, string what)
    {
        var guess = bytes switch
        {
            [0, ..] => " A zero byte: UTF-16 without its byte order mark?",
            [>= 0x81 and <= 0xFE, >= 0x81 and <= 0xFE, >= 0x81 and <= 0xFE, >= 0x81 and <= 0xFE, ..] => " Several such bytes in a row: GBK or Big5?",
            [>= 0xA0, < 0x80, ..] => " A single such byte: Latin-1 (Windows-1252)?",
            _ => "",
        };
        return new UnreadableFileException(
            FindingCode.BadEncoding, $"The file {what}: byte 0x{bytes[0]:X2} at byte offset {offset}.{guess}", line);
    }
}
