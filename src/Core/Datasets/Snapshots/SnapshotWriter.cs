using System.IO.Compression;
using System.Security.Cryptography;

namespace Droptune.Core.Datasets.Snapshots;

/// <summary>Writes the three splits as the examples come, and finds the version of what was written.</summary>
internal sealed class SnapshotWriter : IDisposable
{
    private const int ChunkLength = 1 << 16; // hashing and compressing line by line would cost several times as much
    private readonly string? _folder;
    private readonly Stream?[] _files = new Stream?[3]; // without a folder: none, until what is kept for the hash needs one
    private readonly byte[][] _chunks = [new byte[ChunkLength], new byte[ChunkLength], new byte[ChunkLength]];
    private readonly int[] _lengths = new int[3];
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
            _files[(int)split] = new GZipStream(new BufferedStream(File.Create(PathOf(folder, split)), ChunkLength), CompressionLevel.Fastest);
        }
    }

    public static string PathOf(string folder, Split split) => Path.Combine(folder, $"{split.ToString().ToLowerInvariant()}.jsonl.gz");

    public void Write(Split split, ReadOnlySpan<byte> line)
    {
        var index = (int)split;
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
    /// Closes the files; returns SHA-256 over their uncompressed content, train, dev and test one after the other. Dev
    /// and test are small and read again for it: they were written while train was still going on.
    /// </summary>
    public byte[] Complete(ReadOnlySpan<byte> extra)
    {
        Flush((int)Split.Train);
        _files[(int)Split.Train]!.Dispose();
        HashAgain(Split.Dev);
        HashAgain(Split.Test);
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

    private void HashAgain(Split split)
    {
        var index = (int)split;
        if (_files[index] is null)
        {
            _hash.AppendData(_chunks[index], 0, _lengths[index]);
            return;
        }

        Flush(index);
        using var content = Reopen(split, _files[index]!);
        int read;
        while ((read = content.Read(_chunks[index])) > 0)
        {
            _hash.AppendData(_chunks[index], 0, read);
        }
    }

    private Stream Reopen(Split split, Stream file)
    {
        if (_folder is null)
        {
            file.Position = 0;
            return file;
        }

        file.Dispose();
        return new GZipStream(File.OpenRead(PathOf(_folder, split)), CompressionMode.Decompress);
    }

    private void Flush(int index)
    {
        WriteThrough(index, _chunks[index].AsSpan(0, _lengths[index]));
        _lengths[index] = 0;
    }

    private void WriteThrough(int index, ReadOnlySpan<byte> content)
    {
        _files[index] ??= new FileStream(
            Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, ChunkLength, FileOptions.DeleteOnClose);
        _files[index]!.Write(content);
        if (index == (int)Split.Train)
        {
            _hash.AppendData(content);
        }
    }
}
