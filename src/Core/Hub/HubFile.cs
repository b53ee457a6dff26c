using System.Security.Cryptography;

namespace Droptune.Core.Hub;

/// <summary>A file of a model at a commit, as the hub states it.</summary>
/// <param name="Name">Its name in the model's folder.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Hash">SHA-256 of a large file; of a small one SHA-1 as git names it, over its size and content. In hexadecimal digits.</param>
public sealed record HubFile(string Name, long Size, string Hash)
{
    private const int Sha256Digits = 64;
    private const int Sha1Digits = 40;

    public string HashName => Hash.Length == Sha256Digits ? "SHA-256" : "git's SHA-1";

    /// <summary>Whether a text is a hash that a file can be checked by.</summary>
    public static bool IsHash(string text) => text.Length is Sha256Digits or Sha1Digits && text.All(char.IsAsciiHexDigitLower);

    /// <summary>What <see cref="Hash"/> is the hash of, as far as it is known before the content.</summary>
    public IncrementalHash NewHash() => Hash.Length == Sha256Digits ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : NewGitHash(Size);

    /// <summary>Git's hash of a file, before its content: git hashes the size with it.</summary>
    public static IncrementalHash NewGitHash(long size)
    {
        var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        hash.AppendData(Encoding.ASCII.GetBytes(FormattableString.Invariant($"blob {size}\0")));
        return hash;
    }
}
