namespace Droptune.Core.Datasets.Sources;

/// <summary>Shows the first bytes of a stream, then reads all of it, those bytes included.</summary>
internal sealed class PeekStream : ReadOnlyStream
{
    private readonly byte[] _head;
    private int _position;

    public PeekStream(Stream inner, int headLength)
        : base(inner)
    {
        try
        {
            var head = new byte[headLength];
            _head = head[..inner.ReadAtLeast(head, headLength, throwOnEndOfStream: false)];
        }
        catch
        {
            inner.Dispose(); // nobody else has it
            throw;
        }
    }

    /// <summary>The first bytes; all of a stream that is no longer than that.</summary>
    public ReadOnlySpan<byte> Head => _head;

    /// <summary>Leaves out bytes of the head, such as a byte order mark.</summary>
    public void Skip(int count) => _position += count;

    public override int Read(Span<byte> buffer)
    {
        if (_position == _head.Length)
        {
            return Inner.Read(buffer);
        }

        var length = Math.Min(buffer.Length, _head.Length - _position);
        _head.AsSpan(_position, length).CopyTo(buffer);
        _position += length;
        return length;
    }
}
