using System.IO.Compression;
using System.IO.Hashing;

namespace Droptune.Core.Datasets.Sources;

/// <summary>
/// The files of a ZIP archive, each unpacked when it is opened. The names and sizes that the archive states are judged before
/// anything is unpacked; what unpacks to more than stated is stopped there.
/// </summary>
internal static class ArchiveFiles
{
    /// <summary>The files, named <c>{archive}/{path}</c>.</summary>
    public static IReadOnlyList<DatasetFile> Of(DatasetFile archive, ValidationSettings limits, CancellationToken cancellationToken)
    {
        using var zip = Open(archive, limits, cancellationToken);
        if (zip.Entries.Count > limits.MaxArchiveEntries)
        {
            throw new UnreadableFileException(FindingCode.ArchiveBomb, $"The archive has {zip.Entries.Count} entries; {limits.MaxArchiveEntries} are allowed.");
        }

        var files = new List<DatasetFile>();
        var (bytes, names) = (0L, new HashSet<string>(StringComparer.Ordinal));
        foreach (var (index, entry) in zip.Entries.Index())
        {
            var name = entry.FullName.Replace('\\', '/');
            if (name.EndsWith('/'))
            {
                continue; // a folder
            }

            if (name.StartsWith('/') || name.Contains(':', StringComparison.Ordinal) || name.Split('/').Contains("..") || !names.Add(name))
            {
                throw new UnreadableFileException(FindingCode.BrokenArchive, $"The archive has an entry named '{name}': a name is a path inside the archive, and there once.");
            }

            if (IsArchive(name))
            {
                throw new UnreadableFileException(FindingCode.FormatNotRead, $"The archive holds another one, '{name}': put its files into the archive itself.");
            }

            bytes += Math.Max(entry.Length, 0);
            if (bytes > limits.MaxArchiveBytes || entry.Length > (1 << 20) + (Math.Max(entry.CompressedLength, 0) * limits.MaxCompressionRatio))
            {
                throw new UnreadableFileException(FindingCode.ArchiveBomb,
                    bytes > limits.MaxArchiveBytes ? $"The archive unpacks to more than {limits.MaxArchiveBytes} bytes." : $"'{name}' unpacks to more than {limits.MaxCompressionRatio} times its size.");
            }

            var (length, crc) = (entry.Length, entry.Crc32);
            files.Add(new DatasetFile($"{archive.Name}/{name}", length, cancellation => Task.FromResult<Stream>(new Entry(Open(archive, limits, cancellation), index, length, crc))));
        }

        return files;
    }

    /// <summary>An archive's bytes, of which any can be sought; a workbook inside an archive is unpacked into memory.</summary>
    public static Stream OpenSeekable(DatasetFile archive, ValidationSettings limits, CancellationToken cancellationToken)
    {
        // The gate runs on a thread of its own, so waiting for a stream blocks nobody.
        var stream = archive.OpenAsync(cancellationToken).GetAwaiter().GetResult();
        if (stream.CanSeek)
        {
            return stream;
        }

        using (stream)
        {
            return new MemoryStream(DatasetFolder.ReadAll(stream, limits.MaxProjectBytes));
        }
    }

    private static ZipArchive Open(DatasetFile archive, ValidationSettings limits, CancellationToken cancellationToken)
    {
        var stream = OpenSeekable(archive, limits, cancellationToken);
        try
        {
            var zip = new ZipArchive(stream, ZipArchiveMode.Read);
            _ = zip.Entries.Count; // reads the central directory
            return zip;
        }
        catch (Exception e) when (IsDamage(e))
        {
            stream.Dispose();
            throw Damaged();
        }
    }

    private static bool IsArchive(string name) =>
        Path.GetExtension(name).ToLowerInvariant() is ".zip" or ".gz" or ".tgz" or ".tar" or ".bz2" or ".xz" or ".7z" or ".rar" or ".jar";

    /// <summary>What the library throws on damaged archives; other failures are those of the storage.</summary>
    private static bool IsDamage(Exception e) => e is InvalidDataException or EndOfStreamException or NotSupportedException or ArgumentException or OverflowException;

    private static UnreadableFileException Damaged() => new(FindingCode.BrokenArchive, "The ZIP archive is damaged, encrypted or cut off.");

    /// <summary>The content of one entry, proven to be what the archive says. The library only stops at the size that is stated.</summary>
    private sealed class Entry : ReadOnlyStream
    {
        private readonly ZipArchive _zip;
        private readonly long _length;
        private readonly uint _crc;
        private readonly Crc32 _found = new();
        private long _read;

        public Entry(ZipArchive zip, int index, long length, uint crc)
            : base(OpenEntry(zip, index)) => (_zip, _length, _crc) = (zip, length, crc);

        public override int Read(Span<byte> buffer)
        {
            try
            {
                var read = Inner.Read(buffer);
                _read += read;
                _found.Append(buffer[..read]);
                return read == 0 && !buffer.IsEmpty && (_read != _length || _found.GetCurrentHashAsUInt32() != _crc)
                    ? throw new UnreadableFileException(FindingCode.BrokenArchive, "An entry of the archive is not as long as the archive says, or was changed.")
                    : read;
            }
            catch (Exception e) when (IsDamage(e))
            {
                throw Damaged();
            }
        }

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            if (disposing)
            {
                _zip.Dispose();
            }
        }

        private static Stream OpenEntry(ZipArchive zip, int index)
        {
            try
            {
                return zip.Entries[index].Open();
            }
            catch (Exception e) when (IsDamage(e))
            {
                zip.Dispose();
                throw Damaged();
            }
        }
    }
}
