using System.Security.Cryptography;

namespace Droptune.Functions.Corrections;

/// <summary>A corrected answer of a model, kept as an example: <c>feedback/{model}/{yyyy-MM-dd}/{id}.json</c>.</summary>
/// <param name="Blob">Its name in the container <c>feedback</c>.</param>
/// <param name="Example">A text with its entities, its label or labels, or both.</param>
/// <param name="FoldedInto">The file of the drop box that has it, or the place where the dataset had it already; null while it waits.</param>
public sealed record Correction(string Blob, Example Example, string? FoldedInto = null)
{
    /// <summary>Corrections are named by content: the same one twice is one.</summary>
    public static string IdOf(Example example) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(example, DroptuneJson.Compact))))[..16];
}
