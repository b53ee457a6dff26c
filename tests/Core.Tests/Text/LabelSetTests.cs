using Droptune.Core.Datasets;
using Droptune.Core.Text;

namespace Droptune.Core.Tests.Text;

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
    public void FromConfig_ToId2Label_RoundTripsInOrderOfIds()
    {
        var labels = new LabelSet([.. Enumerable.Range(0, 12).Select(i => $"label {11 - i}")]);

        var read = LabelSet.FromConfig(labels.ToId2Label());

        Assert.Equal(labels.Names, read.Names);
        Assert.Equal(3, read["label 8"]);
    }

    [Fact]
    public void FromConfig_Gap_IsNamed()
    {
        var error = Assert.Throws<InvalidDataException>(() => LabelSet.FromConfig(new Dictionary<string, string> { ["0"] = "a", ["2"] = "b" }));

        Assert.Contains("none for 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Indexer_UnknownName_SaysWhichExist()
    {
        var error = Assert.Throws<KeyNotFoundException>(() => new LabelSet(["yes", "no"])["maybe"]);

        Assert.Equal("\"maybe\" is not a label of this model; it has yes, no.", error.Message);
    }
}
