using Droptune.Core.Metrics;

namespace Droptune.Core.Tests.Metrics;

public class MultiLabelScoresTests
{
    // As scikit-learn's classification_report has it for the indicators of a, b and c.
    [Fact]
    public void Of_FourTexts_CountsEachLabelByItself()
    {
        string[][] expected = [["a", "b"], ["a"], [], ["c"]];
        string[][] predicted = [["a"], ["a", "b"], [], ["a", "c"]];

        var scores = MultiLabelScores.Of(expected, predicted);

        Assert.Equal(["a", "b", "c"], scores.PerLabel.Keys);
        EntityScoresTests.AssertEqual(new(2 / 3.0, 1, 0.8, 2), scores.PerLabel["a"]);
        Assert.Equal(new(0, 0, 0, 1), scores.PerLabel["b"]);
        Assert.Equal(new(1, 1, 1, 1), scores.PerLabel["c"]);
        EntityScoresTests.AssertEqual(new(3 / 5.0, 3 / 4.0, 2 * 0.6 * 0.75 / 1.35, 4), scores.Micro);
        Assert.Equal(0.6, scores.Macro.F1, 1e-12);
        Assert.Equal((0.8 * 2 + 1) / 4, scores.Weighted.F1, 1e-12);
        Assert.Equal(0.25, scores.SubsetAccuracy);
        Assert.Equal((1, 1.25), (scores.ExpectedCardinality, scores.PredictedCardinality));
    }

    [Fact]
    public void Of_NoTexts_IsZero()
    {
        var scores = MultiLabelScores.Of([], []);

        Assert.Equal((0, 0, 0), (scores.SubsetAccuracy, scores.Micro.F1, scores.ExpectedCardinality));
    }

    [Fact]
    public void Of_AnotherNumberOfTexts_Throws() => Assert.Throws<ArgumentException>(() => MultiLabelScores.Of([["a"]], []));
}
