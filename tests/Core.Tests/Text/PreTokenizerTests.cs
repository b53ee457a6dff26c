using Droptune.Core.Text;

namespace Droptune.Core.Tests.Text;

public class PreTokenizerTests
{
    [Fact]
    public void Units_AccentsKept_AreThoseOfThePage()
    {
        var preTokenizer = new PreTokenizer(stripAccents: false, chineseCharacters: true);

        Assert.All(TestData.Shared<Case[]>("units.json"), given =>
            Assert.Equal(given.Units, Units(preTokenizer, given.Text)));
    }

    private static List<string> Units(PreTokenizer preTokenizer, string text)
    {
        var units = new List<string>();
        for (var position = 0; preTokenizer.Next(text, ref position, out var unit);)
        {
            units.Add(text[unit.Start..unit.End]);
        }

        return units;
    }

    private sealed record Case(string Why, string Text, string[] Units);
}
