using System.IO.Compression;
using System.Security.Cryptography;

namespace Droptune.Core.Datasets.Snapshots;

/// <summary>Writes the three splits as the examples come, and finds the version of what was written.</summary>
internal sealed class SnapshotWriter : IDisposable
{
    private readonly string _folder;
    private readonly GZipStream[] _splits;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public SnapshotWriter(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
        _splits = [.. Enum.GetValues<Split>().Select(split => new GZipStream(
            new BufferedStream(File.Create(PathOf(folder, split)), 1 << 16), CompressionLevel.Fastest))];
    }

    public static string PathOf(string folder, Split split) => Path.Combine(folder, $"{split.ToString().ToLowerInvariant()}.jsonl.gz");

    public void Write(Split split, ReadOnlySpan<byte> line)
    {
        _splits[(int)split].Write(line);
        if (split == Split.Train)
        {
            _hash.AppendData(line);
        }
    }

    /// <summary>
    /// Closes the files; returns SHA-256 over their uncompressed content, train, dev and test one after the other. Dev
    /// and test are small and read again for it: they were written while train was still going on.
    /// </summary>
    public byte[] Complete(ReadOnlySpan<byte> extra)
    {
        CloseFiles();
        var buffer = new byte[1 << 16];
        foreach (var split in (Split[])[Split.Dev, Split.Test])
        {
            using var content = new GZipStream(File.OpenRead(PathOf(_folder, split)), CompressionMode.Decompress);
            int read;
            while ((read = content.Read(buffer)) > 0)
            {
                _hash.AppendData(buffer, 0, read);
            }
        }

        _hash.AppendData(extra);
        return _hash.GetHashAndReset();
    }

    public void Dispose()
    {
        CloseFiles();
        _hash.Dispose();
    }

    private void CloseFiles()
    {
        foreach (var split in _splits)
        {
            split.Dispose();
        }
    }
}
