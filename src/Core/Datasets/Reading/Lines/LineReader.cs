
namespace Droptune.Core.Datasets.Reading.Lines;

/// <summary>Splits a stream into lines (LF or CRLF); the lines of one record stay together, for findings to quote.</summary>
internal sealed class LineReader(Stream stream, int maxRecord) : IDisposable
{
    private readonly BlockBuffer _buffer = new(stream, maxRecord);

    /// <summary>1-based number of the line last read.</summary>
    public long Number { get; private set; }

    /// <summary>Number of the record's first line.</summary>
    public long RecordLine { get; private set; }

    /// <summary>True once the record's lines are more than the limit: their content is lost.</summary>
    public bool IsTooLarge => _buffer.IsTooLarge;

    /// <summary>The lines since <see cref="StartRecord"/>, line ends included; valid until the next line is read.</summary>
    public ReadOnlyMemory<byte> Record => _buffer.Record;

    public void StartRecord()
    {
        _buffer.StartRecord();
        RecordLine = Number + 1;
    }

    /// <summary>Reads a line; <paramref name="line"/> is its place in <see cref="Record"/>, without the line end.</summary>
    public bool Read(out Range line)
    {
        var searched = 0;
        int length;
        while ((length = _buffer.Unread[searched..].IndexOf((byte)'\n')) < 0)
        {
            searched = _buffer.Unread.Length;
            if (!_buffer.Fill())
            {
                var rest = _buffer.Unread.Length;
                line = rest > 0 ? Take(rest, rest) : default;
                return rest > 0;
            }

            searched = _buffer.IsDropped ? 0 : searched;
        }

        line = Take(searched + length, searched + length + 1);
        return true;
    }

    public void Dispose() => _buffer.Dispose();

    private Range Take(int length, int lengthWithEnd)
    {
        if (length > 0 && _buffer.Unread[length - 1] == '\r')
        {
            length--;
        }

        var start = _buffer.Position;
        _buffer.Position += lengthWithEnd;
        Number++;
        return start..(start + length);
    }
}
