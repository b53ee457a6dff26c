using Droptune.Core.Metrics;

namespace Droptune.Core.Tests.Metrics;

public class LabelThresholdsTests
{
    [Fact]
    public void Choose_RareLabel_TakesTheMiddleWhereF1IsBest()
    {
        // Above 0.3 are two of three that hold and one that does not: F1 2/3; above 0.18 all three and one: 6/7.
        var threshold = Choose((0.45f, true), (0.4f, false), (0.35f, true), (0.2f, true), (0.16f, false), (0.1f, false));

        Assert.Equal(0.18f, threshold, 1e-6f);
    }

    [Fact]
    public void Choose_OneHalfIsAsGood_StaysThere() =>
        Assert.Equal(LabelThresholds.Default, Choose((0.9f, true), (0.8f, true), (0.3f, false), (0.2f, false)));

    [Fact]
    public void Choose_AllAboveOneHalf_TakesTheNearestThatIsBest() =>
        Assert.Equal(0.7f, Choose((0.9f, true), (0.75f, true), (0.65f, false), (0.6f, false)), 1e-6f);

    [Fact]
    public void Choose_LabelThatDevHasNot_IsOneHalf() =>
        Assert.Equal(LabelThresholds.Default, Choose((0.9f, false), (0.1f, false)));

    [Fact]
    public void Choose_SeveralLabels_EachHasItsOwn()
    {
        var thresholds = LabelThresholds.Choose([[0.9f, 0.2f], [0.8f, 0.1f]], [new HashSet<int> { 0, 1 }, new HashSet<int>()], 2);

        Assert.Equal([0.85f, 0.15f], thresholds.Select(threshold => MathF.Round(threshold, 4)));
    }

    [Fact]
    public void Choose_EqualProbabilities_AreNotDivided() =>
        Assert.InRange(Choose((0.4f, true), (0.4f, true), (0.4f, false), (0.1f, false)), 0.1f, 0.4f);

    private static float Choose(params (float Probability, bool Holds)[] texts) => Assert.Single(LabelThresholds.Choose(
        [.. texts.Select(text => new[] { text.Probability })], [.. texts.Select(text => text.Holds ? new HashSet<int> { 0 } : [])], 1));
}
