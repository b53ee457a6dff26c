using CsCheck;
using Droptune.Core.Text;
using Droptune.Core.Text.Unicode;
using Droptune.Core.Text.WordPiece;

namespace Droptune.Core.Tests.Text;

public sealed class SmallUnitsTests
{
    private static readonly SmallUnits Scripts = new([]);
    private static readonly Gen<string> AnyText = Gen.Char["aZ9€ -.กิเカーの서é\u0301\u200b\ud83d\ude00汉и"].Array[0, 12].Select(chars => new string(chars));

    [Theory]
    [InlineData("send 5kg", "send 5 kg")]
    [InlineData("€400m, 3pm", "€ 400 m , 3 pm")]
    [InlineData("スカイツリーは高い", "スカイツリー は 高 い")]
    [InlineData("wa+Bagdad 10×3", "wa + Bagdad 10 × 3")]
    [InlineData("cafe\u0301s", "cafe\u0301s")] // a mark is of its letter's script
    public void Next_BetweenScripts_Cuts(string text, string units) => Assert.Equal(units, Cut(text, Scripts));

    [Theory]
    [InlineData("ไปเชียงใหม่ ok", Script.Thai, "ไ ป เ ชี ย ง ใ ห ม่ ok")]
    [InlineData("서울에서", Script.Hangul, "서 울 에 서")]
    [InlineData("وبغداد", Script.Arabic, "و ب غ د ا د")]
    public void Next_AtCharactersOfAScript_CutsAtEachWithItsMarks(string text, Script script, string units) =>
        Assert.Equal(units, Cut(text, new SmallUnits([script]).AtCharacters));

    /// <summary>One rule for the tokenizer and for what the gate asks of a span.</summary>
    [Fact]
    public void IsBorder_AnyText_IsWhereNoUnitReachesOver() => Gen.Select(AnyText, Gen.Int[0, 2]).Sample((text, kind) =>
    {
        var small = kind == 0 ? null : kind == 1 ? Scripts : new SmallUnits([Script.Thai, Script.Latin]).AtCharacters;
        var preTokenizer = new PreTokenizer(stripAccents: false, chineseCharacters: true, small);
        var units = Units(preTokenizer, text);
        for (var i = 0; i <= text.Length; i++)
        {
            Assert.Equal(!units.Exists(unit => unit.Start < i && i < unit.End), preTokenizer.IsBorder(text, i));
        }
    });

    [Fact]
    public void Tokenize_PiecesOfAScript_EachIsAUnitAndNoneReachesOverALabel()
    {
        var options = new TokenizerOptions { SmallUnits = new([Script.Thai]), StripAccents = false };
        var examples = Enumerable.Repeat(new Example { Text = "ไปเชียงใหม่ 5kg", Entities = [new(2, 11, "city")] }, 5);
        var tokenizer = new WordPieceTokenizer(WordPieceTrainer.Train(examples, options), options);

        var text = tokenizer.Tokenize("ไปเชียงใหม่ 5kg");

        Assert.Equal(["ไป", "เชียงใหม่", "5", "kg"], text.Units.Select(unit => "ไปเชียงใหม่ 5kg"[unit.Start..unit.End]));
        Assert.Equal([0, 1, 2, 3], text.Units.Select(unit => unit.FirstPiece));
        Assert.Equal(["ไป", "##เชียงใหม่", "5", "kg"], text.Ids.Select(id => tokenizer.Vocabulary[id]));
    }

    [Fact]
    public void Tokenize_UnknownCharacterAmongPieces_IsOneUnknownUnit()
    {
        var options = new TokenizerOptions { SmallUnits = new([Script.Thai]) };
        var tokenizer = new WordPieceTokenizer(WordPieceTrainer.Train(["กข"], options), options);

        var text = tokenizer.Tokenize(new string('ก', 150) + "ฮข");

        Assert.Equal(152, text.Units.Length);
        Assert.Equal(tokenizer.UnkId, Assert.Single(text.Ids[149..], id => id == tokenizer.UnkId));
    }

    [Fact]
    public void Save_SmallUnits_AreReadAgain()
    {
        var folder = Directory.CreateTempSubdirectory("droptune units ").FullName;
        var options = new TokenizerOptions { SmallUnits = new([Script.Arabic, Script.Thai]) };
        new WordPieceTokenizer(WordPieceTrainer.Train(["ไป 5kg"], options), options).Save(folder);

        var loaded = WordPieceTokenizer.Load(folder);

        Assert.Equal([Script.Arabic, Script.Thai], loaded.Options.SmallUnits!.Pieces);
        Assert.Equal(4, loaded.Tokenize("ไป 5kg").Units.Length);
        Directory.Delete(folder, recursive: true);
    }

    private static string Cut(string text, SmallUnits small) =>
        string.Join(' ', Units(new(stripAccents: false, chineseCharacters: true, small), text).Select(unit => text[unit.Start..unit.End]));

    private static List<TextRange> Units(PreTokenizer preTokenizer, string text)
    {
        var units = new List<TextRange>();
        for (var position = 0; preTokenizer.Next(text, ref position, out var unit);)
        {
            units.Add(unit);
        }

        return units;
    }
}
