using System.IO.Compression;
using System.Security.Cryptography;

namespace Droptune.Core.Datasets.Snapshots;

/// <summary>Writes the three splits, and texts without labels, as they come, and finds the version of what was written.</summary>
internal sealed class SnapshotWriter : IDisposable
{
    private const int ChunkLength = 1 << 16; // hashing and compressing line by line would cost several times as much
    private const int Unlabelled = 3;
    private static readonly string[] Parts = [.. Enum.GetValues<Split>().Select(SnapshotFile.Of), SnapshotFile.Unlabelled]; // by split, then what has none
    private readonly string? _folder;
    private readonly Stream?[] _files = new Stream?[Parts.Length]; // without a folder: none, until what is kept for the hash needs one
    private readonly byte[][] _chunks = [.. Parts.Select(_ => new byte[ChunkLength])];
    private readonly int[] _lengths = new int[Parts.Length];
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Writes to a folder, or, without one, only finds the version.</summary>
    public SnapshotWriter(string? folder)
    {
        _folder = folder;
        if (folder is null)
        {
            _files[(int)Split.Train] = Stream.Null;
            return;
        }

        Directory.CreateDirectory(folder);
        foreach (var split in Enum.GetValues<Split>())
        {
            _files[(int)split] = Create(folder, (int)split);
        }
    }

    /// <summary>Writes an example's line to its split; null = a text without labels.</summary>
    public void Write(Split? split, ReadOnlySpan<byte> line)
    {
        var index = split is { } known ? (int)known : Unlabelled;
        if (_lengths[index] + line.Length > ChunkLength)
        {
            Flush(index);
        }

        if (line.Length > ChunkLength)
        {
            WriteThrough(index, line);
            return;
        }

        line.CopyTo(_chunks[index].AsSpan(_lengths[index]));
        _lengths[index] += line.Length;
    }

    /// <summary>
    /// Closes the files; returns SHA-256 over their uncompressed content, one after the other. All but train are read
    /// again for it: they were written while train was still going on.
    /// </summary>
    public byte[] Complete(ReadOnlySpan<byte> extra)
    {
        Flush((int)Split.Train);
        _files[(int)Split.Train]!.Dispose();
        for (var index = (int)Split.Dev; index < Parts.Length; index++)
        {
            HashAgain(index);
        }

        _hash.AppendData(extra);
        return _hash.GetHashAndReset();
    }

    public void Dispose()
    {
        foreach (var file in _files)
        {
            file?.Dispose();
        }

        _hash.Dispose();
    }

    private void HashAgain(int index)
    {
        if (_folder is not null)
        {
            Flush(index); // the first texts without labels make their file
        }

        if (_files[index] is null)
        {
            _hash.AppendData(_chunks[index], 0, _lengths[index]);
            return;
        }

        Flush(index);
        using var content = Reopen(index, _files[index]!);
        int read;
        while ((read = content.Read(_chunks[index])) > 0)
        {
            _hash.AppendData(_chunks[index], 0, read);
        }
    }

    private static string PathOf(string folder, int index) => Path.Combine(folder, Parts[index]);

    private static GZipStream Create(string folder, int index) =>
        new(new BufferedStream(File.Create(PathOf(folder, index)), ChunkLength), CompressionLevel.Fastest);

    private Stream Reopen(int index, Stream file)
    {
        if (_folder is null)
        {
            file.Position = 0;
            return file;
        }

        file.Dispose();
        return new GZipStream(File.OpenRead(PathOf(_folder, index)), CompressionMode.Decompress);
    }

    private void Flush(int index)
    {
        WriteThrough(index, _chunks[index].AsSpan(0, _lengths[index]));
        _lengths[index] = 0;
    }

    private void WriteThrough(int index, ReadOnlySpan<byte> content)
    {
        if (content.IsEmpty)
        {
            return;
        }

        _files[index] ??= _folder is { } folder ? Create(folder, index) : new FileStream(
            Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, ChunkLength, FileOptions.DeleteOnClose);
        _files[index]!.Write(content);
        if (index == (int)Split.Train)
        {
            _hash.AppendData(content);
        }
    }
}
