using System.IO.Compression;

namespace Droptune.Core.Datasets.Snapshots;

/// <summary>Reads a split of a snapshot, one example at a time.</summary>
public static class SnapshotReader
{
    /// <summary>Reads <c>{train,dev,test}.jsonl.gz</c>.</summary>
    public static IEnumerable<Example> Read(string path)
    {
        using var stream = File.OpenRead(path);
        foreach (var example in Read(stream))
        {
            yield return example;
        }
    }

    /// <summary>Reads the gzipped content of a split.</summary>
    public static IEnumerable<Example> Read(Stream stream)
    {
        using var lines = new StreamReader(new GZipStream(stream, CompressionMode.Decompress), Encoding.UTF8);
        while (lines.ReadLine() is { } line)
        {
            yield return JsonSerializer.Deserialize<Example>(line, DroptuneJson.Compact)
                ?? throw new InvalidDataException("A snapshot line holds null.");
        }
    }
}
