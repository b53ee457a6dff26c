using System.Security.Cryptography;

namespace Droptune.Core.Hub.Pushing;

/// <summary>A file that is to be brought to the hub.</summary>
/// <param name="Name">Its name in the model's repository.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">What the hub knows a large file by, in hexadecimal digits.</param>
/// <param name="Sha1">What git knows a small one by: over its size and content.</param>
/// <param name="Sample">Its first bytes, by which the hub tells text from anything else.</param>
/// <param name="Open">Opens it once more.</param>
public sealed record PushedFile(string Name, long Size, string Sha256, string Sha1, byte[] Sample, Func<Stream> Open)
{
    private const int SampleSize = 512; // bytes, as the hub's own programs send

    /// <summary>A file of the disk, read once for its hashes.</summary>
    public static Task<PushedFile> OfAsync(string path, CancellationToken cancellationToken) =>
        OfAsync(Path.GetFileName(path), () => File.OpenRead(path), cancellationToken);

    /// <summary>A file that lies nowhere.</summary>
    public static Task<PushedFile> OfAsync(string name, byte[] content, CancellationToken cancellationToken) =>
        OfAsync(name, () => new MemoryStream(content, writable: false), cancellationToken);

    private static async Task<PushedFile> OfAsync(string name, Func<Stream> open, CancellationToken cancellationToken)
    {
        await using var content = open();
        var size = content.Length;
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var sha1 = HubFile.NewGitHash(size);
        var (buffer, sample) = (new byte[1 << 17], Array.Empty<byte>());
        while (await content.ReadAtLeastAsync(buffer, SampleSize, throwOnEndOfStream: false, cancellationToken) is var count and > 0)
        {
            sample = sample.Length > 0 ? sample : buffer[..Math.Min(count, SampleSize)];
            sha256.AppendData(buffer, 0, count);
            sha1.AppendData(buffer, 0, count);
        }

        return new(name, size, Hex(sha256), Hex(sha1), sample, open);
    }

    private static string Hex(IncrementalHash hash) => Convert.ToHexStringLower(hash.GetHashAndReset());
}
