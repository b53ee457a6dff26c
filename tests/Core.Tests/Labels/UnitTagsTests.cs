using Droptune.Core.Labels;
using Droptune.Core.Tests.Text.WordPiece;
using Droptune.Core.Text.WordPiece;

namespace Droptune.Core.Tests.Labels;

public class UnitTagsTests
{
    private static readonly WordPieceTokenizer Cased = ReferenceTokenizers.Of("cased");

    [Fact]
    public void Of_WordsOfSeveralUnits_FirstCarriesTheTagOthersContinueIt()
    {
        var example = new Example { Tokens = ["in", "U.S.", "and", "北京", "now"], Tags = ["O", "B-LOC", "O", "B-LOC", "O"] };

        var tags = UnitTags.Of(example, Cased.Tokenize(example.Tokens));

        Assert.Equal(["O", "B-LOC", "I-LOC", "I-LOC", "I-LOC", "O", "B-LOC", "I-LOC", "O"], tags);
    }

    [Fact]
    public void Of_WordThatBeganAnEntityHasNoUnit_TheNextBeginsIt()
    {
        var example = new Example { Tokens = ["\u200b", "York", "x"], Tags = ["B-LOC", "I-LOC", "O"] };

        var tags = UnitTags.Of(example, Cased.Tokenize(example.Tokens));

        Assert.Equal(["B-LOC", "O"], tags);
    }

    [Fact]
    public void Of_Spans_CoverTheirUnits()
    {
        var example = new Example { Text = "从北京飞New York, ok", Entities = [new(1, 3, "FROM"), new(4, 12, "TO")] };

        var tags = UnitTags.Of(example, Cased.Tokenize(example.Text));

        Assert.Equal(["O", "B-FROM", "I-FROM", "O", "B-TO", "I-TO", "O", "O"], tags);
    }

    [Fact]
    public void Of_TouchingSpansOfOneLabel_StayTwo()
    {
        var example = new Example { Text = "北京上海", Entities = [new(0, 2, "LOC"), new(2, 4, "LOC")] };

        var tags = UnitTags.Of(example, Cased.Tokenize(example.Text));

        Assert.Equal(["B-LOC", "I-LOC", "B-LOC", "I-LOC"], tags);
    }

    [Fact]
    public void ToWords_TagsOfUnits_GivesEachWordTheTagOfItsFirstUnit()
    {
        string[] words = ["the", "U.S.", "\u200b", "Army", "北京"];
        var text = Cased.Tokenize(words);

        var tags = UnitTags.ToWords(["O", "B-ORG", "I-ORG", "O", "O", "I-ORG", "O", "B-LOC"], text, words.Length);

        // The word without a unit is inside the entity that goes on behind it.
        Assert.Equal(["O", "B-ORG", "I-ORG", "I-ORG", "O"], tags);
    }

    [Fact]
    public void ToWords_InsideTagLosesItsBegin_BecomesOne()
    {
        string[] words = ["A-B", "C"];
        var text = Cased.Tokenize(words);

        var tags = UnitTags.ToWords(["O", "O", "B-X", "I-X"], text, words.Length);

        Assert.Equal(["O", "B-X"], tags);
    }
}
