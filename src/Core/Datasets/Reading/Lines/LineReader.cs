
namespace Droptune.Core.Datasets.Reading.Lines;

/// <summary>Splits a stream into lines (LF, CRLF or CR); the lines of one record stay together, for findings to quote.</summary>
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

    /// <summary>The line at a place that <see cref="Read"/> gave.</summary>
    public ReadOnlySpan<byte> At(Range line) => _buffer.Part(line.Start.Value, line.End.Value - line.Start.Value);

    public void StartRecord()
    {
        _buffer.StartRecord();
        RecordLine = Number + 1;
    }

    /// <summary>Reads a line; <paramref name="line"/> is its place in <see cref="Record"/>, without the line end.</summary>
    public bool Read(out Range line)
    {
        var searched = 0;
        while (true)
        {
            var unread = _buffer.Unread[searched..];
            var length = unread.IndexOfAny((byte)'\n', (byte)'\r');
            if (length >= 0 && LineEnd(unread[length..]) is > 0 and var end)
            {
                line = Take(searched + length, searched + length + end);
                return true;
            }

            searched = length < 0 ? _buffer.Unread.Length : searched + length;
            if (!_buffer.Fill())
            {
                var rest = _buffer.Unread.Length;
                line = rest > 0 ? Take(_buffer.Unread.TrimEnd((byte)'\r').Length, rest) : default;
                return rest > 0;
            }

            searched = _buffer.IsDropped ? 0 : searched;
        }
    }

    public void Dispose() => _buffer.Dispose();

    /// <summary>
    /// Length of the line end that the bytes begin with: LF, a CR by itself, or, as broken conversions write it, CRs before
    /// an LF. 0 = more bytes must be seen.
    /// </summary>
    private static int LineEnd(ReadOnlySpan<byte> bytes)
    {
        if (bytes[0] == '\n')
        {
            return 1;
        }

        var returns = bytes.IndexOfAnyExcept((byte)'\r');
        return returns < 0 ? 0 : bytes[returns] == '\n' ? returns + 1 : 1;
    }

    private Range Take(int length, int lengthWithEnd)
    {
        var start = _buffer.Position;
        _buffer.Position += lengthWithEnd;
        Number++;
        return start..(start + length);
    }
}
