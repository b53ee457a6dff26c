using Droptune.Core.Labels;

namespace Droptune.Core.Tests.Labels;

public sealed class RunningTextTests
{
    [Fact]
    public void Join_Words_StandAsInATextWithTheirEntities()
    {
        var joined = RunningText.Join(new Example
        {
            Tokens = ["ผม", "อยู่", "กรุงเทพ", "มหานคร", " ", "since", "May", "2020", "ปี", "!"],
            Tags = ["O", "O", "B-city", "I-city", "O", "O", "B-date", "I-date", "O", "O"],
            Label = "x",
        });

        Assert.Equal(("ผมอยู่กรุงเทพมหานคร since May 2020ปี!", null, "x"), (joined.Text, joined.Tokens, joined.Label));
        Assert.Equal([("city", "กรุงเทพมหานคร"), ("date", "May 2020")], joined.Entities!.Select(entity => (entity.Label, joined.Text![entity.Start..entity.End])));
    }

    [Theory]
    [InlineData("ผม อยู่ กรุงเทพ", true)]
    [InlineData("私 は いい ソニー です", true)]
    [InlineData("我 住 在 北京", false)] // every character is a unit
    [InlineData("I live in กรุงเทพ", false)]
    public void IsNeeded_WhereBordersOfWordsCannotBeSeen(string words, bool isNeeded) =>
        Assert.Equal(isNeeded, RunningText.IsNeeded([new Example { Tokens = words.Split(' ') }]));
}
