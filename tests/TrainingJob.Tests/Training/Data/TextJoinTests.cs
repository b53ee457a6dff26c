using Droptune.TrainingJob.Training.Data;

namespace Droptune.TrainingJob.Tests.Training.Data;

public sealed class TextJoinTests
{
    [Fact]
    public void Apply_Texts_StayAndAreJoinedWithTheirTagsCutBetweenUnits()
    {
        var split = new EncodedSplit();
        for (var text = 0; text < 40; text++)
        {
            split.Add([2, 10 * text, (10 * text) + 1, (10 * text) + 2, 3], [EncodedSplit.Ignored, text, EncodedSplit.Ignored, text, EncodedSplit.Ignored], text / 20);
        }

        var joined = new TextJoin(30, 16).Apply(split, new(1));

        Assert.All(Enumerable.Range(0, 40), i => Assert.True(split.Ids(i).SequenceEqual(joined.Ids(i)) && joined.TextLabel(i) == i / 20));
        var pieces = new List<int>();
        for (var i = 40; i < joined.Count; i++)
        {
            var (ids, tags) = (joined.Ids(i).ToArray(), joined.Tags(i).ToArray());
            Assert.InRange(ids.Length, 3, 16);
            var labels = ids[1..^1].Select(piece => piece / 200).Distinct().ToList();
            Assert.Equal((2, 3, labels is [var label] ? label : EncodedSplit.Ignored), (ids[0], ids[^1], joined.TextLabel(i)));
            Assert.NotEqual(EncodedSplit.Ignored, tags[1]);
            Assert.All(ids[1..^1].Zip(tags[1..^1]), piece => Assert.Equal(piece.First % 10 == 1 ? EncodedSplit.Ignored : piece.First / 10, piece.Second));
            pieces.AddRange(ids[1..^1]);
        }

        Assert.True(joined.Count < 40 + 30);
        Assert.Single(Enumerable.Range(40, joined.Count - 40), i => joined.TextLabel(i) == EncodedSplit.Ignored); // texts of a label stand together
        Assert.Equal((90, 90), (pieces.Count, pieces.Distinct().Count())); // of 30 texts, each once
    }

    [Fact]
    public void Apply_None_IsTheSplit()
    {
        var split = new EncodedSplit();
        split.Add([2, 5, 3], [-100, 1, -100], 0);

        Assert.Same(split, new TextJoin(0, 16).Apply(split, new(1)));
    }
}
