using System.Buffers;

namespace Droptune.Core.Text.WordPiece;

/// <summary>
/// BERT's tokenizer: the same ids and places as Hugging Face's fast tokenizer, with places in the caller's text. Thread-safe.
/// </summary>
/// <remarks>Why it is our own and not Microsoft.ML.Tokenizers: see docs/tokenizer.md.</remarks>
public sealed class WordPieceTokenizer
{
    private readonly PreTokenizer _preTokenizer;
    private readonly WordPieces _wordPieces;
    private readonly PieceCache _cache = new();
    private readonly (string Piece, int Id)[] _special;
    private readonly SearchValues<string> _anySpecial;

    public WordPieceTokenizer(Vocabulary vocabulary, TokenizerOptions options)
    {
        (Vocabulary, Options) = (vocabulary, options);
        _special = [.. options.SpecialPieces.Select(piece => (piece, vocabulary.TryGetId(piece, out var id) ? id
            : throw new InvalidDataException($"The vocabulary has no \"{piece}\"; it needs {string.Join(", ", options.SpecialPieces)}.")))];
        (PadId, UnkId, ClsId, SepId, MaskId) = (_special[0].Id, _special[1].Id, _special[2].Id, _special[3].Id, _special[4].Id);
        _anySpecial = SearchValues.Create(options.SpecialPieces, StringComparison.Ordinal);
        _preTokenizer = options.PreTokenizer;
        _wordPieces = new(vocabulary, options, UnkId);
    }

    public Vocabulary Vocabulary { get; }

    public TokenizerOptions Options { get; }

    public int PadId { get; }

    public int UnkId { get; }

    public int ClsId { get; }

    public int SepId { get; }

    public int MaskId { get; }

    /// <summary>Reads the tokenizer of a model folder: vocab.txt or tokenizer.json, and tokenizer_config.json if there is one.</summary>
    public static WordPieceTokenizer Load(string folder)
    {
        var (text, json) = (Path.Combine(folder, ModelFileNames.Vocabulary), Path.Combine(folder, ModelFileNames.Tokenizer));
        var tokenizerJson = File.Exists(json) ? TokenizerOptions.ReadJson(json) : null;
        var vocabulary = File.Exists(text) ? Vocabulary.ReadText(text)
            : tokenizerJson is not null ? Vocabulary.ReadTokenizerJson(json, tokenizerJson)
            : throw new FileNotFoundException($"{folder} has neither vocab.txt nor tokenizer.json.", text);

        return new(vocabulary, TokenizerOptions.Read(folder, tokenizerJson, vocabulary));
    }

    /// <summary>A tokenizer with the same vocabulary and other units.</summary>
    public WordPieceTokenizer With(SmallUnits? units) => new(Vocabulary, Options with { SmallUnits = units });

    /// <summary>Writes vocab.txt and tokenizer_config.json.</summary>
    public void Save(string folder)
    {
        Vocabulary.Write(Path.Combine(folder, ModelFileNames.Vocabulary));
        Options.Write(folder);
    }

    public TokenizedText Tokenize(string text)
    {
        var builder = TokenizedTextBuilder.Start();
        Add(text, word: -1, builder);

        return builder.Build();
    }

    /// <summary>Tokenizes words, each by itself; a word of nothing but what is dropped has no unit.</summary>
    public TokenizedText Tokenize(IReadOnlyList<string> words)
    {
        var builder = TokenizedTextBuilder.Start();
        for (var word = 0; word < words.Count; word++)
        {
            Add(words[word], word, builder);
        }

        return builder.Build();
    }

    private void Add(ReadOnlySpan<char> text, int word, TokenizedTextBuilder builder)
    {
        // Special pieces written in the text are themselves, as in Hugging Face; between them is plain text.
        var start = 0;
        while (text[start..].IndexOfAny(_anySpecial) is var at and >= 0)
        {
            AddPlain(text, start, start + at, word, builder);
            start += at;
            var (piece, id) = SpecialAt(text[start..]);
            builder.Add(new(start, start + piece.Length), word, id);
            start += piece.Length;
        }

        AddPlain(text, start, text.Length, word, builder);
    }

    private void AddPlain(ReadOnlySpan<char> text, int start, int end, int word, TokenizedTextBuilder builder)
    {
        var plain = text[..end];
        while (_preTokenizer.Next(plain, ref start, out var unit))
        {
            if (Options.SmallUnits?.ArePieces(plain, unit.Start) == true)
            {
                builder.AddEach(unit, word, _wordPieces.CutAll(plain[unit.Start..unit.End]));
                continue;
            }

            builder.Add(unit, word, _cache.GetOrAdd(plain[unit.Start..unit.End], _wordPieces));
        }
    }

    private (string Piece, int Id) SpecialAt(ReadOnlySpan<char> text)
    {
        (string Piece, int Id) longest = ("", UnkId);
        foreach (var special in _special)
        {
            if (special.Piece.Length > longest.Piece.Length && text.StartsWith(special.Piece, StringComparison.Ordinal))
            {
                longest = special;
            }
        }

        return longest;
    }
}
