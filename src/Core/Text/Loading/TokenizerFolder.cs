using Droptune.Core.Text.Pieces;
using Droptune.Core.Text.WordPiece;

namespace Droptune.Core.Text.Loading;

/// <summary>Reads the tokenizer of a model folder, whichever kind it is.</summary>
public static class TokenizerFolder
{
    // SentencePiece's own file, as DeBERTa, XLM-R and others have it. It does not say what is done to a text before it and behind it.
    private static readonly string[] SentencePiece = ["spm.model", "sentencepiece.bpe.model", "spiece.model"];

    /// <summary>WordPiece, where there is a vocab.txt or tokenizer.json says so; else what tokenizer.json says.</summary>
    /// <exception cref="InvalidDataException">A file is damaged; the message says what is wrong, and where.</exception>
    /// <exception cref="NotSupportedException">Another kind; the message says what is supported.</exception>
    public static Tokenizer Load(string folder)
    {
        var path = Path.Combine(folder, ModelFileNames.Tokenizer);
        if (Lack(file => File.Exists(Path.Combine(folder, file)), folder) is { } lack)
        {
            throw new InvalidDataException($"{folder} {lack}.");
        }

        if (File.Exists(Path.Combine(folder, ModelFileNames.Vocabulary)))
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

    /// <summary>What the files of a model lack of a tokenizer, and what to do, to be said behind its name; null = nothing.</summary>
    /// <param name="has">Whether there is a file of that name.</param>
    /// <param name="model">Its name or folder.</param>
    public static string? Lack(Predicate<string> has, string model)
    {
        if (has(ModelFileNames.Vocabulary) || has(ModelFileNames.Tokenizer))
        {
            return null;
        }

        var lack = $"has neither {ModelFileNames.Vocabulary} nor {ModelFileNames.Tokenizer}";
        return Array.Find(SentencePiece, has) is not { } found ? lack
            : $"{lack}, but {found}, which is not read. Convert it: in Python, AutoTokenizer.from_pretrained('{model}').save_pretrained(folder) writes " +
                $"{ModelFileNames.Tokenizer}, and the same of AutoModel the weights; then copy the folder to base-models";
    }

    // Files of early versions do not say it.
    private static string TypeOf(TokenizerJson model) => model.Text("type")
        ?? (model.Find("merges") is not null ? SubwordReader.BytePairModel : model.Find("unk_id") is not null ? SubwordReader.UnigramModel : "WordPiece");
}
