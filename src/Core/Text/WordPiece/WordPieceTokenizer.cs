using System.Buffers;
using Droptune.Core.Text.Pieces;

namespace Droptune.Core.Text.WordPiece;

/// <summary>BERT's tokenizer.</summary>
public sealed class WordPieceTokenizer : Tokenizer
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

    public override int Count => Vocabulary.Count;

    public override int PadId { get; }

    public override int UnkId { get; }

    public override int ClsId { get; }

    public override int SepId { get; }

    public override int MaskId { get; }

    public override string this[int id] => Vocabulary[id];

    /// <summary>Reads the tokenizer of a model folder: vocab.txt or tokenizer.json, and tokenizer_config.json if there is one.</summary>
    public static WordPieceTokenizer Load(string folder)
    {
        var (text, json) = (Path.Combine(folder, ModelFileNames.Vocabulary), Path.Combine(folder, ModelFileNames.Tokenizer));
        TokenizerJson? tokenizerJson = File.Exists(json) ? TokenizerJson.Read(json) : null;
        var vocabulary = File.Exists(text) ? Vocabulary.ReadText(text)
            : tokenizerJson is { } file ? Vocabulary.ReadTokenizerJson(file)
            : throw new FileNotFoundException($"{folder} has neither vocab.txt nor tokenizer.json.", text);

        return new(vocabulary, TokenizerOptions.Read(folder, tokenizerJson, vocabulary));
    }

    public override WordPieceTokenizer WithUnits(SmallUnits? units) => new(Vocabulary, Options with { SmallUnits = units });

    public override Tokenizer FitTo(IEnumerable<Example> labelled) => WithUnits(Options.UnitsFor(labelled));

    public override bool Continues(int id) => Vocabulary[id].StartsWith(Vocabulary.Continuation, StringComparison.Ordinal);

    /// <summary>Writes vocab.txt and tokenizer_config.json.</summary>
    public override void Save(string folder)
    {
        Vocabulary.Write(Path.Combine(folder, ModelFileNames.Vocabulary));
        Options.Write(folder);
    }

    public override TokenizedText Tokenize(string text)
    {
        var builder = TokenizedTextBuilder.Start();
        Add(text, word: -1, builder);

        return builder.Build();
    }

    public override TokenizedText Tokenize(IReadOnlyList<string> words)
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
