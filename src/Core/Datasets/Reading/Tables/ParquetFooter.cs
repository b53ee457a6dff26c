using System.Buffers.Binary;
using Droptune.Core.Datasets.Sources;

namespace Droptune.Core.Datasets.Reading.Tables;

/// <summary>
/// Looks at the end of a Parquet file before the library does, which goes round for ever in one that is damaged in certain
/// ways: the footer must be one whole structure of Thrift's compact protocol (apache/thrift, "thrift-compact-protocol.md").
/// </summary>
internal ref struct ParquetFooter
{
    private const int MostLevels = 64; // a schema has few
    private const int TailLength = 8; // the footer's length and the magic

    private readonly ReadOnlySpan<byte> _footer;
    private int _next;

    private ParquetFooter(ReadOnlySpan<byte> footer) => _footer = footer;

    /// <exception cref="UnreadableFileException">It is not.</exception>
    public static void Check(Stream file)
    {
        Span<byte> tail = stackalloc byte[TailLength];
        if (file.Length < TailLength + 4)
        {
            throw Damaged();
        }

        file.Position = file.Length - TailLength;
        file.ReadExactly(tail);
        var length = BinaryPrimitives.ReadInt32LittleEndian(tail);
        if (!tail[4..].SequenceEqual("PAR1"u8) || length <= 0 || length > file.Length - TailLength - 4)
        {
            throw Damaged();
        }

        var bytes = new byte[length];
        file.Position = file.Length - TailLength - length;
        file.ReadExactly(bytes);
        file.Position = 0;
        new ParquetFooter(bytes).SkipStructure(1);
    }

    public static UnreadableFileException Damaged() => new(FindingCode.UnreadableFile, "The Parquet file cannot be read: it is damaged or incomplete.");

    private void SkipStructure(int level)
    {
        if (level > MostLevels)
        {
            throw Damaged();
        }

        while (Byte() is var header && header != 0)
        {
            if (header >> 4 == 0)
            {
                Number(); // the field's id, where it is not the next
            }

            if ((header & 15) is not (1 or 2)) // a boolean, in the header itself
            {
                Skip(header & 15, level);
            }
        }
    }

    private void Skip(int type, int level)
    {
        switch (type)
        {
            case 1 or 2 or 3: // booleans of a list, a byte
                Byte();
                break;
            case 4 or 5 or 6:
                Number();
                break;
            case 7: // a double
                Take(8);
                break;
            case 8: // bytes
                Take(Number());
                break;
            case 9 or 10: // a list, a set
                var header = Byte();
                SkipMany(header >> 4 == 15 ? Number() : (ulong)(header >> 4), level, header & 15);
                break;
            case 11: // a map
                if (Number() is var count && count > 0)
                {
                    var types = Byte();
                    SkipMany(count, level, types >> 4, types & 15);
                }

                break;
            case 12:
                SkipStructure(level + 1);
                break;
            default:
                throw Damaged();
        }
    }

    private void SkipMany(ulong count, int level, params ReadOnlySpan<int> types)
    {
        if (count > (ulong)(_footer.Length - _next) || level > MostLevels) // each takes a byte at least
        {
            throw Damaged();
        }

        for (var i = 0UL; i < count; i++)
        {
            foreach (var type in types)
            {
                Skip(type, level + 1);
            }
        }
    }

    private ulong Number()
    {
        var value = 0UL;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var part = Byte();
            value |= (ulong)(part & 127) << shift;
            if (part < 128)
            {
                return value;
            }
        }

        throw Damaged();
    }

    private byte Byte() => _next < _footer.Length ? _footer[_next++] : throw Damaged();

    private void Take(ulong bytes) => _next = bytes <= (ulong)(_footer.Length - _next) ? _next + (int)bytes : throw Damaged();
}
