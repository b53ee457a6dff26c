using Droptune.Core.Text;
using Droptune.Core.Text.WordPiece;

namespace Droptune.Core.Tests.Text.WordPiece;

/// <summary>What a BERT model reads: [CLS] text [SEP], or [CLS] text [SEP] pair [SEP] with type 1 for the pair. Places are in each text.</summary>
internal sealed record EncodedSequence(int[] Ids, int[] TypeIds, TextRange[] Places)
{
    private const int Specials = 2; // [CLS] and [SEP]

    /// <summary>
    /// A text cut into sequences of at most <paramref name="maxLength"/> ids that overlap by <paramref name="stride"/>; the first
    /// is what truncation leaves, the others are what Hugging Face calls overflowing. For tagging use <see cref="Windows"/>,
    /// which cut no unit.
    /// </summary>
    public static IReadOnlyList<EncodedSequence> Encode(
        WordPieceTokenizer tokenizer, TokenizedText text, int maxLength = int.MaxValue, int stride = 0)
    {
        var capacity = maxLength - Specials;
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity, nameof(maxLength));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(stride, capacity);

        var sequences = new List<EncodedSequence>();
        for (var (start, end) = (0, -1); end < text.Ids.Length; start += capacity - stride)
        {
            end = (int)Math.Min((long)start + capacity, text.Ids.Length);
            sequences.Add(Join(tokenizer, (text, start..end)));
        }

        return sequences;
    }

    /// <summary>Two texts in one sequence; the longer one is cut first.</summary>
    public static EncodedSequence EncodePair(
        WordPieceTokenizer tokenizer, TokenizedText text, TokenizedText pair, int maxLength = int.MaxValue)
    {
        var capacity = maxLength - Specials - 1;
        ArgumentOutOfRangeException.ThrowIfNegative(capacity, nameof(maxLength));

        var (first, second) = (text.Ids.Length, pair.Ids.Length);
        if ((long)first + second > capacity)
        {
            // The shorter keeps all it can up to a half; an odd one goes to the longer (to the second of two equal ones).
            var shorter = Math.Min(Math.Min(first, second), capacity / 2);
            (first, second) = first <= second ? (shorter, capacity - shorter) : (capacity - shorter, shorter);
        }

        return Join(tokenizer, (text, 0..first), (pair, 0..second));
    }

    private static EncodedSequence Join(WordPieceTokenizer tokenizer, params ReadOnlySpan<(TokenizedText Text, Range Part)> texts)
    {
        var ids = new List<int> { tokenizer.ClsId };
        var types = new List<int> { 0 };
        var places = new List<TextRange> { default };
        for (var type = 0; type < texts.Length; type++)
        {
            var (text, part) = texts[type];
            ids.AddRange(text.Ids[part]);
            ids.Add(tokenizer.SepId);
            places.AddRange(text.Pieces[part]);
            places.Add(default);
            types.AddRange(Enumerable.Repeat(type, ids.Count - types.Count));
        }

        return new([.. ids], [.. types], [.. places]);
    }
}
