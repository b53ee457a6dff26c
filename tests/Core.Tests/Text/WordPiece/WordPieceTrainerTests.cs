using Droptune.Core.Text.Unicode;
using Droptune.Core.Text.WordPiece;

namespace Droptune.Core.Tests.Text.WordPiece;

public class WordPieceTrainerTests
{
    private static readonly TokenizerOptions Lower = new();

    [Fact]
    public void Train_FewWords_MergesTheMostFrequentPairsFirst()
    {
        string[] texts = ["low low low low low lower lower newest newest newest newest newest newest widest widest widest"];

        var vocabulary = WordPieceTrainer.Train(texts, Lower, size: 31);

        // The words of Sennrich et al. 2016: e+s (9) first, then es+t (9), l+o (7), lo+w (7). "ne" counts 6 as do the pairs
        // after it; the oldest pieces win.
        string[] merged = ["##es", "##est", "lo", "low"];
        Assert.Equal(merged, vocabulary.Pieces.Where(piece => piece.Replace("##", "", StringComparison.Ordinal).Length > 1 && piece[0] != '[').Take(4));
        Assert.Equal(31, vocabulary.Count);
        Assert.Equal(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "d"], vocabulary.Pieces.Take(6));
    }

    [Fact]
    public void Train_SmallSize_StillHasEveryCharacterSoThatNothingIsUnknown()
    {
        string[] texts = ["Crème brûlée, 北京 naïve 😀 x2", "\u200b"];

        var tokenizer = new WordPieceTokenizer(WordPieceTrainer.Train(texts, Lower, size: 5), Lower);
        var ids = tokenizer.Tokenize(texts[0]).Ids;

        Assert.DoesNotContain(tokenizer.UnkId, ids);
        Assert.DoesNotContain(tokenizer.Vocabulary.Pieces, piece => piece.Contains('C', StringComparison.Ordinal) && piece[0] != '[');
    }

    [Theory]
    [InlineData("")]
    [InlineData("\u200b")] // dropped, and of no script
    public void Train_LongPartBehindALabel_StillHasEveryCharacter(string dropped)
    {
        var options = new TokenizerOptions { SmallUnits = new([Script.Thai]) };
        var text = "ก" + dropped + new string('ข', options.LongestWord) + "ค";

        var tokenizer = new WordPieceTokenizer(WordPieceTrainer.Train([new Example { Text = text, Entities = [new(0, 1, "city")] }], options), options);

        Assert.DoesNotContain(tokenizer.UnkId, tokenizer.Tokenize(text).Ids);
    }

    [Fact]
    public void Train_KeepingCase_LearnsBothForms()
    {
        var vocabulary = WordPieceTrainer.Train(["Apple apple Apple apple"], new() { LowerCase = false });

        Assert.Contains("Apple", vocabulary.Pieces);
        Assert.Contains("apple", vocabulary.Pieces);
    }

    [Fact]
    public void Train_SameTextsInAnotherOrder_SameVocabulary()
    {
        var texts = Enumerable.Range(0, 300).Select(i => $"word{i % 17} other{i % 5}s aaaa{new string('a', i % 7)} {i}").ToList();

        var vocabulary = WordPieceTrainer.Train(texts, Lower);
        var reversed = WordPieceTrainer.Train(Enumerable.Reverse(texts), Lower);

        Assert.Equal(vocabulary.Pieces, reversed.Pieces);
    }

    [Fact]
    public void Train_RepeatedLetter_CountsEachPairOnce()
    {
        var vocabulary = WordPieceTrainer.Train(["aaaa aaaa aaaa"], Lower, minFrequency: 3);

        // a ##a ##a ##a: (##a, ##a) twice a word is 6, (a, ##a) 3; then a ##aa ##a, where the older left piece wins.
        Assert.Equal(["a", "##a", "##aa", "aaa", "aaaa"], vocabulary.Pieces.Skip(5));
    }

    [Fact]
    public void Train_Examples_ReadsWordsAndTexts()
    {
        Example[] examples = [new() { Tokens = ["one", "two"] }, new() { Text = "one two" }];

        var vocabulary = WordPieceTrainer.Train(examples, Lower);

        Assert.Contains("one", vocabulary.Pieces);
        Assert.Contains("two", vocabulary.Pieces);
    }
}
