using System.Buffers;

namespace Droptune.Core.Datasets.Reading.Lines;

/// <summary>
/// The sliding window of a reader: what was read of a stream, from the start of the record at hand. A record lies in it
/// in one piece; memory is bounded by the largest record allowed.
/// </summary>
internal sealed class BlockBuffer(Stream stream, int maxRecord) : IDisposable
{
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(1 << 18);
    private int _start; // of the record
    private int _end; // of what was read
    private bool _finished;

    /// <summary>Where the reader stands, from the record's start.</summary>
    public int Position { get; set; }

    /// <summary>True once the record grew beyond the limit: its content may be dropped as it comes.</summary>
    public bool IsTooLarge => IsDropped || Position > maxRecord;

    /// <summary>True once that happened: what is unread is what was read last.</summary>
    public bool IsDropped { get; private set; }

    /// <summary>The record up to the position; valid until more is read.</summary>
    public ReadOnlyMemory<byte> Record => _bytes.AsMemory(_start, Position);

    /// <summary>A part of the record, up to the position at most; valid until more is read.</summary>
    public ReadOnlySpan<byte> Part(int start, int length) => _bytes.AsSpan(_start + start, length);

    /// <summary>What was read beyond the position.</summary>
    public ReadOnlySpan<byte> Unread => _bytes.AsSpan(_start + Position, _end - _start - Position);

    /// <summary>Begins a record at the position.</summary>
    public void StartRecord()
    {
        _start += Position;
        (Position, IsDropped) = (0, false);
    }

    /// <summary>Reads more; false at the end of the stream. A record that grew too large is dropped before.</summary>
    public bool Fill()
    {
        if (_finished)
        {
            return false;
        }

        IsDropped |= _end - _start > maxRecord;
        if (IsDropped)
        {
            (_start, _end, Position) = (0, 0, 0);
        }
        else if (_start > 0)
        {
            _bytes.AsSpan(_start, _end - _start).CopyTo(_bytes);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(_bytes.Length * 2);
            _bytes.AsSpan(0, _end).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        var read = stream.Read(_bytes, _end, _bytes.Length - _end);
        _end += read;
        _finished = read == 0;
        return !_finished;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_bytes);
}
