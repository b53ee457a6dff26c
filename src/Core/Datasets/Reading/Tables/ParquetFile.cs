using Droptune.Core.Datasets.Sources;

namespace Droptune.Core.Datasets.Reading.Tables;

/// <summary>
/// A copy of a Parquet file, deleted when it is closed: the format is read from its end. It ends a reader that damage sends
/// round in circles: beyond the end, or over the same pages again and again.
/// </summary>
internal sealed class ParquetFile : FileStream
{
    private const int MostReadsBeyond = 16;

    // Repeated values take next to nothing, but texts with that few bytes are none.
    private const long LeastValues = 1 << 20;
    private const long MostValuesPerByte = 64;
    private const long MostValues = 200_000_000;

    private long _bytesLeft = long.MaxValue;
    private int _readsBeyond;

    private ParquetFile()
        : base(Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose)
    {
    }

    /// <exception cref="UnreadableFileException">It is too large.</exception>
    public static ParquetFile CopyOf(Stream source, long maxBytes)
    {
        var file = new ParquetFile();
        var buffer = new byte[1 << 16];
        int read;
        while ((read = source.Read(buffer)) > 0)
        {
            file.Write(buffer, 0, read);
            if (file.Length > maxBytes)
            {
                file.Dispose();
                throw new UnreadableFileException(FindingCode.FileTooLarge, $"The file has more than {maxBytes} bytes.");
            }
        }

        file.Position = 0;
        return file;
    }

    /// <summary>The library is to read a column of a row group, which is said to have so many values: it makes room for them at once.</summary>
    public void Begin(long values)
    {
        if (values < 0 || values > Math.Min(MostValues, LeastValues + (MostValuesPerByte * Length)))
        {
            throw ParquetFooter.Damaged();
        }

        (_readsBeyond, _bytesLeft) = (0, (2 * Length) + (1 << 16)); // a column's pages are read once, and headers byte by byte
    }

    public override int Read(byte[] buffer, int offset, int count) => Checked(base.Read(buffer, offset, count), count);

    public override int Read(Span<byte> buffer) => Checked(base.Read(buffer), buffer.Length);

    public override int ReadByte()
    {
        var read = base.ReadByte();
        Checked(read < 0 ? 0 : 1, 1);
        return read;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Checked(await base.ReadAsync(buffer, cancellationToken), buffer.Length);

    private int Checked(int read, int wanted)
    {
        _readsBeyond += read == 0 && wanted > 0 ? 1 : 0;
        _bytesLeft -= read;
        return _readsBeyond <= MostReadsBeyond && _bytesLeft >= 0 ? read : throw ParquetFooter.Damaged();
    }
}
