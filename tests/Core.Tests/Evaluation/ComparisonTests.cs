using Droptune.Core.Evaluation;

namespace Droptune.Core.Tests.Evaluation;

public class ComparisonTests
{
    private static readonly int[] EveryTenth = [.. Enumerable.Range(0, 100).Select(i => i * 10)];

    [Fact]
    public void Of_ManyMoreErrors_IsARealDropNamedByItsLabels()
    {
        var before = Some.Report(Some.Labels(1000), "v1");
        var after = Some.Report(Some.Labels(1000, EveryTenth)); // all even, so of label 0

        var comparison = Comparison.Of(after, before, "previous", Split.Dev)!;

        Assert.True(comparison.IsDrop);
        Assert.Equal(-0.1, comparison.Difference, 1e-9);
        Assert.InRange(comparison.Low, -0.13, -0.1);
        Assert.InRange(comparison.High, -0.1, -0.07);
        Assert.Equal(["0", "1"], comparison.Labels.Select(label => label.Label));
    }

    [Fact]
    public void Of_SeveralLabels_IsOfTheirMicroF1()
    {
        var comparison = Comparison.Of(Some.Report(Some.MultiLabels(1000, EveryTenth)), Some.Report(Some.MultiLabels(1000), "v1"), "previous", Split.Dev)!;

        Assert.True(comparison.IsDrop);
        Assert.Equal((2.0 * 1900 / 3900) - 1, comparison.Difference, 1e-9);
        Assert.Equal(["b"], comparison.Labels.Select(label => label.Label));
    }

    [Fact]
    public void Of_SameNumberOfOtherErrors_IsNotReal()
    {
        var before = Some.Report(Some.Labels(100, 1, 2, 3), "v1");
        var after = Some.Report(Some.Labels(100, 4, 5, 6));

        var comparison = Comparison.Of(after, before, "previous", Split.Dev)!;

        Assert.False(comparison.IsReal);
        Assert.Equal(0, comparison.Difference, 1e-9);
    }

    [Fact]
    public void Of_IntervalOfAccuracy_IsThatOfTheNormalApproximation()
    {
        // One is always right, the other in 4 of 5: the difference is a mean of 400 Bernoulli draws.
        var errors = Enumerable.Range(0, 80).Select(i => i * 5).ToArray();
        var comparison = Comparison.Of(Some.Report(Some.Labels(400)), Some.Report(Some.Labels(400, errors), "v1"), "previous", Split.Dev)!;

        var half = 1.96 * Math.Sqrt(0.2 * 0.8 / 400);
        Assert.Equal(0.2 - half, comparison.Low, 0.006);
        Assert.Equal(0.2 + half, comparison.High, 0.006);
    }

    [Fact]
    public void All_DatasetHasGrown_ComparesOnTheVersionThatBothSaw()
    {
        var before = Some.Report(Some.Labels(1000), "v1", "old");
        var after = Some.Report(Some.Labels(1200), "v1", "new") with
        {
            TrainedOn = new("old", new Dictionary<Split, SplitEvaluation> { [Split.Dev] = Some.Labels(1000, EveryTenth) }),
        };

        var comparison = Assert.Single(Comparison.All(after, before, "previous"));

        Assert.True(comparison.IsDrop);
        Assert.Equal("old", comparison.DatasetVersion);
    }

    [Fact]
    public void Of_OtherDatasetVersion_IsNull() =>
        Assert.Null(Comparison.Of(Some.Report(Some.Labels(10)), Some.Report(Some.Labels(10), "v1", "other"), "previous", Split.Dev));
}
