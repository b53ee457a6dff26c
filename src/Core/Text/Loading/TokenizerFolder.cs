using Droptune.Core.Text.Pieces;
using Droptune.Core.Text.WordPiece;

namespace Droptune.Core.Text.Loading;

/// <summary>Reads the tokenizer of a model folder, whichever kind it is.</summary>
public static class TokenizerFolder
{
    /// <summary>WordPiece, where there is a vocab.txt or tokenizer.json says so; else what tokenizer.json says.</summary>
    /// <exception cref="InvalidDataException">A file is damaged; the message says what is wrong, and where.</exception>
    /// <exception cref="NotSupportedException">Another kind; the message says what is supported.</exception>
    public static Tokenizer Load(string folder)
    {
        var path = Path.Combine(folder, ModelFileNames.Tokenizer);
        if (File.Exists(Path.Combine(folder, ModelFileNames.Vocabulary)) || !File.Exists(path))
        {
            return WordPieceTokenizer.Load(folder);
        }

        var json = TokenizerJson.Read(path);
        var model = json.Get("model");
        return TypeOf(model) switch
        {
            "WordPiece" => WordPieceTokenizer.Load(folder),
            SubwordReader.BytePairModel or SubwordReader.UnigramModel => new SubwordReader(folder, json, TypeOf(model)).Read(),
            var type => throw model.Unsupported($"the type {type}", "WordPiece, BPE and Unigram are"),
        };
    }

    // Files of early versions do not say it.
    private static string TypeOf(TokenizerJson model) => model.Text("type")
        ?? (model.Find("merges") is not null ? SubwordReader.BytePairModel : model.Find("unk_id") is not null ? SubwordReader.UnigramModel : "WordPiece");
}
