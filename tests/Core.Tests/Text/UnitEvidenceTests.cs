using Droptune.Core.Text;
using Droptune.Core.Text.Unicode;

namespace Droptune.Core.Tests.Text;

public sealed class UnitEvidenceTests
{
    [Theory]
    [InlineData("send [5]kg to me", "")]
    [InlineData("[5][kg]", "")]
    [InlineData("[ソニー]の社員", "")]
    [InlineData("و[بغداد]", "Arabic")]
    [InlineData("[서울]에서", "Hangul")]
    [InlineData("สมชายไป[เชียงใหม่]", "Thai")]
    [InlineData("[Bern]burg [Bern]au", "Latin")]
    public void Find_LabelsInsideWords_SmallUnitsOfThatScript(string text, string scripts)
    {
        var found = Found(text);

        Assert.NotNull(found);
        Assert.Equal(scripts, string.Join(' ', found.Pieces));
    }

    [Theory]
    [InlineData("from [New York] to [Rome].")]
    [InlineData("[北京]大学")]
    [InlineData("[Bern]burg")] // once: a slip
    [InlineData("caf[e]\u0301")] // before its mark nothing can end
    public void Find_LabelsOfWords_Words(string text) => Assert.Null(Found(text));

    [Fact]
    public void Find_FewSlipsOfMany_Words()
    {
        var evidence = new UnitEvidence();
        for (var i = 0; i < 100; i++)
        {
            evidence.Add("Bernburg", 0, i < 4 ? 4 : 8);
        }

        Assert.Null(evidence.Find());
    }

    [Fact]
    public void Needed_OneLabel_IsHeld() =>
        Assert.Equal([Script.Latin], UnitEvidence.Needed(
            [new Example { Text = "Bernburg", Entities = [new(0, 4, "city")] }], stripAccents: false, chineseCharacters: true)!.Pieces);

    /// <summary>The units that the labels in brackets need.</summary>
    private static SmallUnits? Found(string marked)
    {
        var (text, starts, evidence) = (new StringBuilder(), new List<int>(), new UnitEvidence());
        var labels = new List<(int Start, int End)>();
        foreach (var character in marked)
        {
            switch (character)
            {
                case '[': starts.Add(text.Length); break;
                case ']': labels.Add((starts[^1], text.Length)); break;
                default: text.Append(character); break;
            }
        }

        foreach (var (start, end) in labels)
        {
            evidence.Add($"{text}", start, end);
        }

        return evidence.Find();
    }
}
