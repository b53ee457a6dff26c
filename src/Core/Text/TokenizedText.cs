namespace Droptune.Core.Text;

/// <summary>What BERT's pre-tokenizer yields: a word, a punctuation mark, a CJK character. Tags belong to units.</summary>
/// <param name="Start">In UTF-16 units of the text, or of the word where the input was words.</param>
/// <param name="End">Exclusive.</param>
/// <param name="WordIndex">Index of the input word; of the unit itself where the input was a text.</param>
/// <param name="FirstPiece">Index of the unit's first piece: the one that carries its tag. Each unit has at least one.</param>
public readonly record struct TextUnit(int Start, int End, int WordIndex, int FirstPiece);

/// <summary>A tokenized text or list of words, without [CLS] and [SEP]. Empty units do not exist: some words have none.</summary>
public sealed class TokenizedText
{
    /// <summary>Vocabulary ids, one a piece.</summary>
    public required int[] Ids { get; init; }

    /// <summary>Where each piece stands in the text (or in its word); several can share a place, as jamo of a syllable do.</summary>
    public required TextRange[] Pieces { get; init; }

    public required TextUnit[] Units { get; init; }
}
