using Droptune.Core.Text.Normalizing;
using Droptune.Core.Text.Pieces;

namespace Droptune.Core.Text.Loading;

/// <summary>Makes normalizers of what a <c>tokenizer.json</c> says. None that makes texts longer without bound is read.</summary>
internal static class NormalizerReader
{
    private const string Supported = "NFC, Precompiled, Strip, Replace and a Sequence of them are";
    private const string Spaces = " {2,}";
    private const string WhiteSpace = @"\s{2,}|[\n\r\t]";

    /// <returns>Null = texts stay as they are.</returns>
    public static Normalizer? Read(TokenizerJson? json)
    {
        if (json is not { } stated)
        {
            return null;
        }

        TokenizerJson[] parts = stated.Text("type") == "Sequence" ? [.. stated.Get("normalizers").Items()] : [stated];
        return parts.Count(part => part.Text("type") == "Precompiled") > 1
            ? throw stated.Unsupported("more than one Precompiled", "one is")
            : new NormalizerSequence([.. parts.Select(Part)]);
    }

    private static Normalizer Part(TokenizerJson part) => part.Text("type") switch
    {
        "NFC" => new NfcNormalizer(),
        "Precompiled" => Precompiled(part.Get("precompiled_charsmap")),
        "Strip" => new StripNormalizer(part.Flag("strip_left", true), part.Flag("strip_right", true)),
        "Replace" => Replace(part),
        var type => throw part.Unsupported($"the type {type}", Supported),
    };

    private static PrecompiledMap Precompiled(TokenizerJson table)
    {
        try
        {
            return new(Convert.FromBase64String(table.Text()));
        }
        catch (Exception e) when (e is FormatException or InvalidDataException)
        {
            throw table.Error($"is no table of characters: {e.Message}");
        }
    }

    private static ReplaceNormalizer Replace(TokenizerJson part)
    {
        var (pattern, content) = (part.Get("pattern"), part.Get("content").Text());
        if (pattern.Text("Regex") is { } regex)
        {
            return (regex, content.Length) switch
            {
                (Spaces, <= 2) => new(ReplaceNormalizer.Spaces, content),
                (WhiteSpace, <= 1) => new(ReplaceNormalizer.WhiteSpace, content),
                _ => throw part.Unsupported(
                    $"the pattern {regex} with {content.Length} characters", $"{Spaces} with at most two is, {WhiteSpace} with at most one, and fixed texts are"),
            };
        }

        var text = pattern.Get("String").Text();
        return text.Length > 0 && content.Length <= text.Length ? new(ReplaceNormalizer.Fixed(text), content)
            : throw part.Unsupported("a content longer than the pattern", "one that is no longer is");
    }
}
