using System.Buffers;

namespace Droptune.Core.Datasets.Reading;

/// <summary>
/// Splits a stream into lines (LF or CRLF), keeping the lines of one record together in memory: its <see cref="Block"/>,
/// which is what findings quote. Memory is bounded by the largest record allowed.
/// </summary>
internal sealed class LineReader(Stream stream, int maxBlock) : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(1 << 16);
    private int _block; // start of the block
    private int _next; // start of the next line
    private int _end; // end of what was read
    private bool _finished;

    /// <summary>1-based number of the line last read.</summary>
    public long Number { get; private set; }

    /// <summary>Number of the block's first line.</summary>
    public long BlockLine { get; private set; }

    /// <summary>True once the block grew beyond the limit: its content is dropped, only line ends are still found.</summary>
    public bool IsTooLarge { get; private set; }

    /// <summary>The lines since <see cref="StartBlock"/>, line ends included; valid until the next line is read.</summary>
    public ReadOnlyMemory<byte> Block => _buffer.AsMemory(_block, _next - _block);

    public void StartBlock() => (_block, BlockLine, IsTooLarge) = (_next, Number + 1, false);

    /// <summary>Reads a line; <paramref name="line"/> is its place in <see cref="Block"/>, without the line end.</summary>
    public bool Read(out Range line)
    {
        var scanned = _next;
        int length;
        while ((length = _buffer.AsSpan(scanned, _end - scanned).IndexOf((byte)'\n')) < 0)
        {
            var unscanned = _end - _next;
            if (!Fill())
            {
                if (_end == _next && !(IsTooLarge && unscanned > 0))
                {
                    line = default;
                    return false;
                }

                // The last line, without a line end.
                return End(_end, _end, out line);
            }

            scanned = _next + unscanned;
        }

        return End(scanned + length, scanned + length + 1, out line);
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private bool End(int end, int next, out Range line)
    {
        var start = _next;
        if (end > start && _buffer[end - 1] == '\r')
        {
            end--;
        }

        line = new Range(start - _block, end - _block);
        _next = next;
        Number++;
        return true;
    }

    /// <summary>Reads more behind <c>_end</c>; moves the block to the front and grows the buffer when there is no room.</summary>
    private bool Fill()
    {
        if (_finished)
        {
            return false;
        }

        if (_end - _block > maxBlock)
        {
            IsTooLarge = true;
        }

        if (IsTooLarge)
        {
            // Nothing of it is shown or parsed: forget what was read of it.
            (_block, _next) = (_end, _end);
        }

        if (_block > 0)
        {
            _buffer.AsSpan(_block, _end - _block).CopyTo(_buffer);
            (_next, _end, _block) = (_next - _block, _end - _block, 0);
        }

        if (_end == _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.AsSpan(0, _end).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        var read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _finished = read == 0;
        _end += read;
        return read > 0;
    }
}
