using Droptune.Core.Labels;

namespace Droptune.Core.Tests.Labels;

public class LabelSetTests
{
    [Fact]
    public void OfTags_WordsAndSpans_BothTagsOfEachLabelSortedAfterO()
    {
        Example[] examples =
        [
            new() { Tokens = ["a"], Tags = ["B-to"] },
            new() { Text = "b", Entities = [new(0, 1, "from")] },
            new() { Text = "c", Entities = [] },
        ];

        var labels = LabelSet.OfTags(examples);

        Assert.Equal(["O", "B-from", "I-from", "B-to", "I-to"], labels.Names);
    }

    [Fact]
    public void Indexer_UnknownName_SaysWhichExist()
    {
        var error = Assert.Throws<KeyNotFoundException>(() => new LabelSet(["yes", "no"])["maybe"]);

        Assert.Equal("\"maybe\" is not a label of this model; it has yes, no.", error.Message);
    }
}
