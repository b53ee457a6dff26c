using Droptune.Core.Inference;
using Droptune.Core.Traffic;

namespace Droptune.Core.Tests.Traffic;

public class TrafficProfileTests
{
    [Fact]
    public void Of_Predictions_CountsLabelsScoresLengthsAndUnknownPieces()
    {
        Prediction[] predictions =
        [
            new() { Label = new("book", 0.95f), Entities = [new("city", "", 0, 1, 0.1f)], Pieces = 2, UnknownPieces = 1 },
            new() { Label = new("book", 1), Entities = [], Pieces = 3 },
            new() { Tags = ["B-city", "I-city", "O", "B-date"], TagScores = [0.9f, 0.35f, 0.1f, 0.5f], Pieces = 300 },
        ];

        var profile = TrafficProfile.Of(predictions);

        Assert.Equal((3, 305, 1), (profile.Texts, profile.Pieces, profile.UnknownPieces));
        Assert.Equal(new() { ["book"] = 2 }, profile.Labels.ToDictionary());
        Assert.Equal(new() { ["city"] = 2, ["date"] = 1 }, profile.Entities.ToDictionary());
        Assert.Equal([0, 1, 0, 1, 0, 0, 0, 0, 0, 1], profile.Scores); // of the least sure part of each
        Assert.Equal([1, 1, 0, 0, 0, 0, 0, 0, 1], profile.Lengths);
    }

    [Fact]
    public void Of_Lengths_FallIntoTheBinsThatThePageNames()
    {
        foreach (var (bin, _, least, most) in TestData.Shared<LengthBin[]>("length-bins.json"))
        {
            var lengths = TrafficProfile.Of([new() { Pieces = least }, new() { Pieces = most }]).Lengths;

            Assert.Equal((9, 2), (lengths.Count, lengths[bin]));
        }
    }

    [Fact]
    public void Add_TwoProfiles_IsThatOfAllPredictions()
    {
        Prediction a = new() { Label = new("a", 0.5f), Pieces = 4 }, b = new() { Label = new("b", 0.9f), Entities = [new("x", "", 0, 1, 1)], Pieces = 9 };

        var sum = TrafficProfile.Of([a]) + TrafficProfile.Of([b, a]);

        Assert.Equivalent(TrafficProfile.Of([a, b, a]), sum, strict: true);
    }

    private sealed record LengthBin(int Bin, string Name, int Least, int Most);
}
