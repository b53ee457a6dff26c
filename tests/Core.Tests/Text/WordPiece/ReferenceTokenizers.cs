using Droptune.Core.Text.WordPiece;

namespace Droptune.Core.Tests.Text.WordPiece;

/// <summary>Tokenizers of the published vocabularies, as the reference cases were made with.</summary>
internal static class ReferenceTokenizers
{
    public static readonly TheoryData<string> Names = ["uncased", "cased", "chinese", "chinese-lower"];

    private static readonly Dictionary<string, Lazy<WordPieceTokenizer>> All = new()
    {
        ["uncased"] = new(() => Create("bert-base-uncased", lowerCase: true)),
        ["cased"] = new(() => Create("bert-base-cased", lowerCase: false)),
        ["chinese"] = new(() => Create("bert-base-chinese", lowerCase: false)),
        ["chinese-lower"] = new(() => Create("bert-base-chinese", lowerCase: true)),
    };

    public static WordPieceTokenizer Of(string name) => All[name].Value;

    private static WordPieceTokenizer Create(string vocabulary, bool lowerCase) => new(
        new([.. TestData.GzipLines("reference", "vocab", $"{vocabulary}.txt.gz")]), new() { LowerCase = lowerCase });
}
