using System.IO.Compression;
using System.Text.Unicode;

namespace Droptune.Core.Datasets.Reading;

/// <summary>
/// A file's content, uncompressed and proven to be UTF-8: every byte that comes out was checked, and anything else
/// ends the file with a finding that names the byte.
/// </summary>
internal sealed class SourceStream : Stream
{
    private const int HeadLength = 1 << 16;
    private readonly Stream _content;
    private byte[] _head = [];
    private int _headRead;

    private SourceStream(Stream content) => _content = content;

    /// <summary>The first 64 KiB, or all of a shorter file: what formats are told by. Does not move the position.</summary>
    public ReadOnlySpan<byte> Head => _head;

    public static SourceStream Open(Stream stored)
    {
        var magic = new byte[2];
        var isGzip = stored.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic is [0x1f, 0x8b];
        stored.Position = 0;
        var source = new SourceStream(isGzip ? new GZipStream(stored, CompressionMode.Decompress) : stored);
        source.ReadHead();
        return source;
    }

    private void ReadHead()
    {
        var head = new byte[HeadLength];
        var length = _content.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        var start = head.AsSpan(0, length).StartsWith("\uFEFF"u8) ? 3 : 0;
        _head = head[start..length];
        if (length < HeadLength && !Utf8.IsValid(_head))
        {
            throw new UnreadableFileException(FindingCode.BadEncoding, "The file is not UTF-8.");
        }
    }

    public override int Read(Span<byte> buffer)
    {
        if (_headRead < _head.Length)
        {
            var length = Math.Min(buffer.Length, _head.Length - _headRead);
            _head.AsSpan(_headRead, length).CopyTo(buffer);
            _headRead += length;
            return length;
        }

        return _content.Read(buffer);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _content.Dispose();
        }

        base.Dispose(disposing);
    }
}
