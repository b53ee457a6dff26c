namespace Droptune.Core.Text.Pieces;

/// <summary>
/// Cuts texts into the pieces that a model reads: the same ids and places as Hugging Face's fast tokenizers, with places in the caller's
/// text, and the units that tags belong to. Thread-safe.
/// </summary>
/// <remarks>Why they are our own and not Microsoft.ML.Tokenizers: see docs/tokenizer.md.</remarks>
public abstract class Tokenizer
{
    /// <summary>The number of ids.</summary>
    public abstract int Count { get; }

    public abstract int PadId { get; }

    public abstract int UnkId { get; }

    /// <summary>What stands before every text: [CLS] or &lt;s&gt;.</summary>
    public abstract int ClsId { get; }

    /// <summary>What stands behind every text: [SEP] or &lt;/s&gt;.</summary>
    public abstract int SepId { get; }

    public abstract int MaskId { get; }

    /// <summary>The piece of an id as the vocabulary has it; empty where it has none.</summary>
    public abstract string this[int id] { get; }

    /// <summary>Whether a piece goes on with the word of the piece before it.</summary>
    public abstract bool Continues(int id);

    public abstract TokenizedText Tokenize(string text);

    /// <summary>Tokenizes words, each by itself; a word of nothing but what is dropped has no unit.</summary>
    public abstract TokenizedText Tokenize(IReadOnlyList<string> words);

    /// <summary>A tokenizer with the same pieces and other units; null = words.</summary>
    public abstract Tokenizer WithUnits(SmallUnits? units);

    /// <summary>A tokenizer with the same pieces, for examples to learn from: with the units that their labels need.</summary>
    public abstract Tokenizer FitTo(IEnumerable<Example> labelled);

    /// <summary>Writes the files that it can be loaded from again, here and in Hugging Face's libraries.</summary>
    public abstract void Save(string folder);
}
