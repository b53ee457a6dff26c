using Droptune.Core.Labels;
using Droptune.Core.Text;

namespace Droptune.Core.Tests.Text.Subwords;

/// <summary>What tags belong to where pieces know nothing of words and punctuation.</summary>
public class SubwordUnitsTests
{
    public static TheoryData<string> Names => SubwordFolder.References;

    [Theory]
    [InlineData(SubwordFolder.BytePairs)]
    [InlineData(SubwordFolder.Unigram)]
    public void Tokenize_Text_UnitsAreWordsPunctuationAndChineseCharacters(string name)
    {
        using var folder = SubwordFolder.Of(name);
        const string Text = " Fly  to (Zürich) 北京!\n";

        var text = folder.Load().Tokenize(Text);

        Assert.Equal(["Fly", "to", "(", "Zürich", ")", "北", "京", "!"], text.Units.Select(unit => Text[unit.Start..unit.End]));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Tokenize_AnyText_UnitsBeginAndEndAsThoseOfWordPiece(string name)
    {
        using var folder = SubwordFolder.Of(name);
        var tokenizer = folder.Load();
        var preTokenizer = new PreTokenizer(stripAccents: false, chineseCharacters: true);

        foreach (var line in TestData.GzipLines("reference", "encoders", name, "cases.jsonl.gz"))
        {
            var content = JsonDocument.Parse(line).RootElement.GetProperty("text").GetString()!;
            var text = tokenizer.Tokenize(content);
            var (starts, ends) = (new HashSet<int>(), new HashSet<int>());
            for (var position = 0; preTokenizer.Next(content, ref position, out var unit);)
            {
                starts.Add(unit.Start);
                ends.Add(unit.End);
            }

            Assert.All(text.Units, unit => Assert.True(starts.Contains(unit.Start) && ends.Contains(unit.End), content));
            Assert.All(text.Units.Zip(text.Units.Skip(1)), pair => Assert.True(pair.First.End <= pair.Second.Start && pair.First.FirstPiece < pair.Second.FirstPiece, content));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Tokenize_WordsOfAText_HaveTheSameFirstPiecesAsTheText(string name)
    {
        using var folder = SubwordFolder.Of(name);
        string[] words = ["to", "new", "york", "北", "with", "zürich", "ไป", "x"];

        var tokenizer = folder.Load().FitTo([new() { Tokens = words, Tags = [.. words.Select(_ => "O")] }]);
        var (text, alone) = (tokenizer.Tokenize(string.Join(' ', words)), tokenizer.Tokenize(words));

        Assert.Equal(alone.Ids, text.Ids);
        Assert.Equal(alone.Units.Select(unit => unit.FirstPiece), text.Units.Select(unit => unit.FirstPiece));
    }

    [Fact]
    public void Tokenize_SpanInsideWhatIsOneWordToSentencePiece_IsFoundAgain()
    {
        using var folder = SubwordFolder.Of(SubwordFolder.Unigram);
        var example = new Example { Text = "to Berlin-Mitte, please", Entities = [new(3, 9, "city")] };

        var text = folder.Load().Tokenize(example.Text);

        Assert.Equal(["O", "B-city", "O", "O", "O", "O"], UnitTags.Of(example, text));
    }

    [Fact]
    public void FitTo_LabelsInsideThaiWords_PiecesAreUnits()
    {
        using var folder = SubwordFolder.Of(SubwordFolder.Unigram);
        var example = new Example { Text = "ไปเชียงใหม่ 5kg", Entities = [new(2, 11, "city")] };

        var tokenizer = folder.Load().FitTo([example]);
        var text = tokenizer.Tokenize(example.Text);

        Assert.True(text.Units.Length > 4);
        Assert.All(text.Units, unit => Assert.Contains(text.Pieces, piece => piece.Start == unit.Start));
        Assert.Equal(["5", "kg"], text.Units.TakeLast(2).Select(unit => example.Text[unit.Start..unit.End]));
    }

    [Fact]
    public void Tokenize_NothingButSpaces_HasPiecesAndOneWindow()
    {
        using var folder = SubwordFolder.Of(SubwordFolder.BytePairs);

        var text = folder.Load().Tokenize("\n\n\n\n\n\n\n\n");
        var window = Assert.Single(Core.Text.Windows.Split(text, maxLength: 4));

        Assert.Empty(text.Units);
        Assert.Equal(new TextWindow(0, 2, 0, 0), window);
    }

    [Theory]
    [InlineData(SubwordFolder.BytePairs, "Ġpay", "pay", "Ġ(")]
    [InlineData(SubwordFolder.Unigram, "▁pay", "able", "▁")]
    public void Continues_PieceWithoutSpaceBeforeIt_GoesOnWithItsWord(string name, string begins, string continues, string alone)
    {
        using var folder = SubwordFolder.Of(name);
        var tokenizer = folder.Load();
        var ids = Enumerable.Range(0, tokenizer.Count).ToLookup(id => tokenizer[id]);

        Assert.All(new[] { begins, alone }.SelectMany(piece => ids[piece]), id => Assert.False(tokenizer.Continues(id)));
        Assert.All(ids[continues], id => Assert.True(tokenizer.Continues(id)));
        Assert.DoesNotContain(ids["北"], tokenizer.Continues);
    }
}
