using Droptune.Core.Text;
using Droptune.Core.Text.WordPiece;
using Droptune.TrainingJob.Training.Data;

namespace Droptune.TrainingJob.LanguageModelling;

/// <summary>A corpus in pieces, as a base model reads it.</summary>
internal sealed class PretrainingData
{
    /// <summary>Positions of a base model.</summary>
    public const int MaxLength = 256;

    // Lines are mostly shorter: dialogues and a part of the paragraphs are read joined as well, so that every position is trained.
    private const int LineLength = 128;
    private const int JoinedPart = 3;

    private const int TurnLength = 64;
    private const int LeastPieces = 3; // a shorter paragraph is a heading
    private const int HeldOutLines = 2000;

    private static readonly int[] NoTags = [.. Enumerable.Repeat(EncodedSplit.Ignored, MaxLength)];

    private PretrainingData(WordPieceTokenizer tokenizer) => Tokenizer = tokenizer;

    public WordPieceTokenizer Tokenizer { get; }

    /// <summary>Every line, and longer sequences of lines.</summary>
    public EncodedSplit Train { get; } = new();

    /// <summary>Lines that are not trained on.</summary>
    public EncodedSplit HeldOut { get; } = new();

    /// <summary>Every turn of a dialogue, cut to its first pieces.</summary>
    public EncodedSplit Turns { get; } = new();

    /// <summary>Turns that have an answer: the next one.</summary>
    public List<int> Answered { get; } = [];

    public static PretrainingData Of(Corpus corpus, PretrainingOptions options)
    {
        var letters = new TokenizerOptions { LowerCase = !options.Cased, StripAccents = false };
        var vocabulary = WordPieceTrainer.Train(
            corpus.Lines, letters, options.VocabularySize, PretrainingOptions.LeastPieceFrequency, PretrainingOptions.LeastCharacterFrequency);
        var data = new PretrainingData(new(vocabulary, letters));
        var heldOutEach = Math.Max(50, corpus.Files.Sum(file => file.Lines) / HeldOutLines);
        var (line, random) = (0, new Random(options.Seed));
        foreach (var file in corpus.Files)
        {
            var lines = file.Dialogues.SelectMany(dialogue => dialogue).AsParallel().AsOrdered().Select(text => data.Tokenizer.Tokenize(text)).ToList();
            var kept = lines.ConvertAll(text => data.Add(text, ++line % heldOutEach == 0, file.HasDialogues));
            if (file.HasDialogues)
            {
                data.AddDialogues(file, kept);
            }
            else
            {
                var paragraphs = kept.OfType<TokenizedText>().ToArray();
                random.Shuffle(paragraphs);
                data.Join(paragraphs.Take(paragraphs.Length / JoinedPart));
            }
        }

        return data;
    }

    /// <summary>Adds a line by itself; null where it is not to be read joined as well.</summary>
    private TokenizedText? Add(TokenizedText text, bool isHeldOut, bool isTurn)
    {
        if (isTurn)
        {
            Add(Turns, text.Ids.AsSpan(0, Math.Min(text.Ids.Length, TurnLength - 2)));
        }
        else if (text.Ids.Length < LeastPieces)
        {
            return null;
        }

        foreach (var window in Windows.Split(text, LineLength))
        {
            Add(isHeldOut ? HeldOut : Train, text.Ids.AsSpan(window.FirstPiece, window.PieceCount));
        }

        return isHeldOut ? null : text;
    }

    private void AddDialogues(CorpusFile file, List<TokenizedText?> turns)
    {
        var (first, firstTurn) = (0, Turns.Count - turns.Count);
        foreach (var dialogue in file.Dialogues)
        {
            Answered.AddRange(Enumerable.Range(firstTurn + first, Math.Max(0, dialogue.Length - 1)));
            if (dialogue.Length > 1)
            {
                Join(turns.Skip(first).Take(dialogue.Length).OfType<TokenizedText>());
            }

            first += dialogue.Length;
        }
    }

    /// <summary>Adds longer sequences of texts, with a [SEP] behind each, cut where a sequence is full.</summary>
    private void Join(IEnumerable<TokenizedText> texts)
    {
        var joined = new List<int>();
        foreach (var text in texts)
        {
            joined.AddRange([.. text.Ids, Tokenizer.SepId]);
            for (; joined.Count >= MaxLength - 1; joined.RemoveRange(0, MaxLength - 2))
            {
                Add(Train, joined[..(MaxLength - 2)].ToArray());
            }
        }

        if (joined.Count > LineLength)
        {
            Add(Train, joined[..^1].ToArray());
        }
    }

    private void Add(EncodedSplit split, ReadOnlySpan<int> pieces) =>
        split.Add([Tokenizer.ClsId, .. pieces, Tokenizer.SepId], NoTags.AsSpan(0, pieces.Length + 2), EncodedSplit.Ignored);
}
