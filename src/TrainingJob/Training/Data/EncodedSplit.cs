using System.Runtime.InteropServices;
using Droptune.Core.Labels;
using Droptune.Core.Text;
using Droptune.Core.Text.Pieces;

namespace Droptune.TrainingJob.Training.Data;

/// <summary>
/// A split as a model reads it, encoded once: flat arrays with one sequence ([CLS] pieces [SEP]) for each window of each
/// example, so that the training loop touches no text and no small objects.
/// </summary>
public sealed class EncodedSplit
{
    /// <summary>A place without a tag to learn: PyTorch's default for what a loss ignores.</summary>
    public const int Ignored = -100;

    private readonly List<int> _ids = [];
    private readonly List<int> _tags = [];
    private readonly List<int> _starts = [0];
    private readonly List<int> _textLabels = [];
    private readonly List<(int Example, TextWindow Window)> _sources = [];

    /// <summary>The number of sequences.</summary>
    public int Count => _textLabels.Count;

    /// <summary>Pieces of all sequences, without padding.</summary>
    public int Tokens => _ids.Count;

    /// <param name="examples">What to encode, in pieces.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="tags">The model's tags, or null; a tag it does not have is ignored.</param>
    /// <param name="textLabels">The model's text labels, or null.</param>
    /// <param name="maxLength">Pieces a sequence.</param>
    /// <param name="combinations">Numbers the labels of a text where it can have several; null where it has one.</param>
    public static EncodedSplit Of(
        IEnumerable<(Example Example, TokenizedText Text)> examples, Tokenizer tokenizer, LabelSet? tags, LabelSet? textLabels, int maxLength,
        LabelCombinations? combinations = null)
    {
        var split = new EncodedSplit();
        foreach (var (index, (example, text)) in examples.Index())
        {
            var unitTags = tags is null ? null : UnitTags.Of(example, text);
            var textLabel = combinations is not null ? (example.TextLabels() is { } names ? combinations.Of(names) : Ignored)
                : textLabels is not null && example.Label is { } name && textLabels.TryGetId(name, out var id) ? id : Ignored;
            foreach (var window in Windows.Split(text, maxLength))
            {
                split.Add(text, window, tokenizer, unitTags, tags, textLabel);
                split._sources.Add((index, window));
            }
        }

        return split;
    }

    public static TokenizedText Tokenize(Example example, Tokenizer tokenizer) =>
        example.Tokens is { } words ? tokenizer.Tokenize(words) : tokenizer.Tokenize(example.Text ?? "");

    /// <summary>Each with its pieces, one by one: all of a large split at once would take far more memory than what is encoded.</summary>
    public static IEnumerable<(Example Example, TokenizedText Text)> Tokenize(IEnumerable<Example> examples, Tokenizer tokenizer) =>
        examples.Select(example => (example, Tokenize(example, tokenizer)));

    /// <summary>The example that a sequence is a window of.</summary>
    public (int Example, TextWindow Window) Source(int sequence) => _sources[sequence];

    /// <summary>Whether a sequence is a whole example, not one of several windows.</summary>
    public bool IsWhole(int sequence) =>
        (sequence == 0 || _sources[sequence - 1].Example != _sources[sequence].Example)
        && (sequence == Count - 1 || _sources[sequence + 1].Example != _sources[sequence].Example);

    public int Length(int sequence) => _starts[sequence + 1] - _starts[sequence];

    public ReadOnlySpan<int> Ids(int sequence) => Part(_ids, sequence);

    /// <summary>One tag a piece; <see cref="Ignored"/> at all but the first piece of each unit.</summary>
    public ReadOnlySpan<int> Tags(int sequence) => Part(_tags, sequence);

    /// <summary>The text label's id, or the number of a text's <see cref="LabelCombinations"/>.</summary>
    public int TextLabel(int sequence) => _textLabels[sequence];

    /// <summary>How often each tag, or each text label, is to be learned.</summary>
    public long[] CountTags(int tags) => Frequencies(_tags, tags);

    public long[] CountTextLabels(int labels) => Frequencies(_textLabels, labels);

    /// <summary>Adds a sequence as it is to be read; it has no source.</summary>
    public void Add(ReadOnlySpan<int> ids, ReadOnlySpan<int> tags, int textLabel)
    {
        _ids.AddRange(ids);
        _tags.AddRange(tags);
        _starts.Add(_ids.Count);
        _textLabels.Add(textLabel);
    }

    private void Add(
        TokenizedText text, TextWindow window, Tokenizer tokenizer, string[]? unitTags, LabelSet? tags, int textLabel)
    {
        var first = _ids.Count + 1 - window.FirstPiece;
        _ids.Add(tokenizer.ClsId);
        _ids.AddRange(text.Ids.AsSpan(window.FirstPiece, window.PieceCount));
        _ids.Add(tokenizer.SepId);

        _tags.AddRange(Enumerable.Repeat(Ignored, window.PieceCount + 2));
        for (var unit = window.FirstOwned; unitTags is not null && unit < window.FirstOwned + window.OwnedCount; unit++)
        {
            _tags[first + text.Units[unit].FirstPiece] = tags!.TryGetId(unitTags[unit], out var tag) ? tag : Ignored;
        }

        _starts.Add(_ids.Count);
        _textLabels.Add(textLabel);
    }

    private ReadOnlySpan<int> Part(List<int> all, int sequence) =>
        CollectionsMarshal.AsSpan(all)[_starts[sequence].._starts[sequence + 1]];

    private static long[] Frequencies(List<int> values, int kinds)
    {
        var counts = new long[kinds];
        foreach (var value in values)
        {
            if (value != Ignored)
            {
                counts[value]++;
            }
        }

        return counts;
    }
}
