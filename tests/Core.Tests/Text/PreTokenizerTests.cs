using Droptune.Core.Text;
using Droptune.Tests;

namespace Droptune.Core.Tests.Text;

public class PreTokenizerTests
{
    [Fact]
    public void Units_AccentsKept_AreThoseOfThePage()
    {
        var preTokenizer = new PreTokenizer(stripAccents: false, chineseCharacters: true);

        Assert.All(TestData.Shared<Case[]>("units.json"), given =>
            Assert.Equal(given.Units, preTokenizer.Units(given.Text).Select(unit => given.Text[unit.Start..unit.End])));
    }

    private sealed record Case(string Why, string Text, string[] Units);
}
