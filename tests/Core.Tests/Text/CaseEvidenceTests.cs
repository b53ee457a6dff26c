using Droptune.Core.Text;

namespace Droptune.Core.Tests.Text;

public sealed class CaseEvidenceTests
{
    [Theory]
    [InlineData("the Polish way", "the polish way", true)]
    [InlineData("the Polish way", "the Polish thing", false)]
    [InlineData("the polish way", "the polish thing", false)]
    public void IsCarriedBy_Labels_OnlyWhereCaseTellsThemApart(string first, string second, bool isCarried) =>
        Assert.Equal(isCarried, CaseEvidence.IsCarriedBy(Enumerable.Range(0, 200).Select(
            i => new Example { Text = $"w{i} {(i % 4 < 2 ? first : second)}", Label = i % 4 < 2 ? "x" : "y" })));

    [Fact]
    public void IsCarriedBy_CaseByChance_IsNot()
    {
        var random = new Random(1);
        var labels = Enumerable.Range(0, 20).Select(i => $"{i}").ToArray();

        Assert.False(CaseEvidence.IsCarriedBy(Enumerable.Range(0, 5000).Select(
            _ => new Example { Text = $"a {(random.Next(2) == 0 ? "Word" : "word")} here", Label = labels[random.Next(20)] })));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void IsCarriedBy_Entities_OnlyWhereCaseTellsThemApart(bool isWritten) =>
        Assert.Equal(isWritten, CaseEvidence.IsCarriedBy(Enumerable.Range(0, 200).Select(i => i % 4 < 2
            ? new Example { Tokens = ["in", isWritten ? "Bath" : "bath", "now"], Tags = ["O", "B-city", "O"] }
            : new Example { Tokens = ["a", "bath", "now"], Tags = ["O", "O", "O"] })));
}
