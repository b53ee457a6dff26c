using System.IO.Compression;
using System.Security.Cryptography;

namespace Droptune.Core.Datasets.Sources;

/// <summary>
/// The uncompressed content of a gzip stream, proven complete. <see cref="GZipStream"/> takes a file that was cut off
/// for a short one, so a member with a random mark is appended to the file: content that does not end with the mark was
/// damaged on the way to it.
/// </summary>
internal sealed class GzipContent : ReadOnlyStream
{
    private const int MarkLength = 16;
    private const int AllowanceBytes = 1 << 20; // the ratio of a small file means nothing
    private readonly Appended _stored;
    private readonly byte[] _mark;
    private readonly int _maxRatio;
    private readonly byte[] _buffer = new byte[1 << 16]; // the last bytes of it are held back: they may be the mark
    private int _start;
    private int _end;
    private bool _finished;
    private long _length;

    private GzipContent(Appended stored, byte[] mark, int maxRatio)
        : base(new GZipStream(stored, CompressionMode.Decompress)) =>
        (_stored, _mark, _maxRatio) = (stored, mark, maxRatio);

    public static bool IsGzip(ReadOnlySpan<byte> head) => head is [0x1f, 0x8b, 8, ..];

    public static GzipContent Open(Stream stored, int maxRatio)
    {
        var mark = RandomNumberGenerator.GetBytes(MarkLength);
        return new GzipContent(new Appended(stored, Compress(mark)), mark, maxRatio);
    }

    public override int Read(Span<byte> buffer)
    {
        while (_end - _start <= MarkLength && !_finished)
        {
            Fill();
        }

        var length = Math.Clamp(_end - _start - MarkLength, 0, buffer.Length);
        _buffer.AsSpan(_start, length).CopyTo(buffer);
        _start += length;
        return length;
    }

    private void Fill()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        int read;
        try
        {
            read = Inner.Read(_buffer.AsSpan(_end));
        }
        catch (InvalidDataException)
        {
            throw new UnreadableFileException(FindingCode.BrokenArchive, $"The gzip stream is damaged after {_length} bytes of content.");
        }

        _end += read;
        _length += read;
        _finished = read == 0;
        if (_finished && !_buffer.AsSpan(_start, _end - _start).SequenceEqual(_mark))
        {
            throw new UnreadableFileException(
                FindingCode.BrokenArchive, $"The gzip stream ends early, or is followed by something else, after {_length} bytes of content.");
        }

        if (_length > AllowanceBytes + (_stored.Consumed * _maxRatio))
        {
            throw new UnreadableFileException(
                FindingCode.ArchiveBomb, $"{_stored.Consumed} bytes unpack to more than {_maxRatio} times their size.");
        }
    }

    private static byte[] Compress(byte[] content)
    {
        var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.NoCompression))
        {
            gzip.Write(content);
        }

        return compressed.ToArray();
    }

    /// <summary>A stream, then some bytes.</summary>
    private sealed class Appended(Stream first, byte[] second) : ReadOnlyStream(first)
    {
        private int _position;

        public long Consumed { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            var read = Inner.Read(buffer);
            Consumed += read;
            if (read > 0 || buffer.IsEmpty)
            {
                return read;
            }

            read = Math.Min(buffer.Length, second.Length - _position);
            second.AsSpan(_position, read).CopyTo(buffer);
            _position += read;
            return read;
        }
    }
}
