using Droptune.Functions.Monitoring;

namespace Droptune.Functions.Tests.Monitoring;

public class TrafficDriftTests
{
    [Fact]
    public void Of_LabelsTurnedAround_IsTheSumOverBinsAndReal()
    {
        var shift = Shift.Of(Counts(800, 200), Counts(200, 800));

        // (0.2 - 0.8) ln(0.2 / 0.8), twice; half a text in each bin hardly changes it.
        Assert.Equal(2 * 0.6 * Math.Log(4), shift.Index, 0.01);
        Assert.True(shift.IsReal);
        Assert.Equal(0.2, shift.Moved.Single(bin => bin.Bin == "0").Traffic, 0.001);
    }

    [Fact]
    public void Of_SameParts_IsNone()
    {
        var shift = Shift.Of(Counts(800, 200), Counts(80, 20));

        Assert.Equal(0, shift.Index, 0.001);
        Assert.False(shift.IsReal);
    }

    [Fact]
    public void Of_FewTexts_IsNotReal()
    {
        var shift = Shift.Of(Counts(10, 10, 10, 10), Counts(0, 3, 0, 0));

        Assert.True(shift.Index > 0.25);
        Assert.False(shift.IsReal);
    }

    [Fact]
    public void Of_LabelNeverSeenBefore_StaysFinite()
    {
        var shift = Shift.Of(new Dictionary<string, long> { ["a"] = 100 }, new Dictionary<string, long> { ["b"] = 100 });

        Assert.True(double.IsFinite(shift.Index));
        Assert.True(shift.IsReal);
    }

    [Fact]
    public void Of_NoTraffic_IsNone() => Assert.Equal(0, Shift.Of(Counts(1, 2), Counts(0, 0)).Index);

    private static Dictionary<string, long> Counts(params long[] counts) => counts.Index().ToDictionary(bin => $"{bin.Index}", bin => bin.Item);
}
