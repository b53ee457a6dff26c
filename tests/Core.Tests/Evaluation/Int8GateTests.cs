using Droptune.Core.Evaluation;
using Droptune.Core.Metrics;

namespace Droptune.Core.Tests.Evaluation;

public sealed class Int8GateTests
{
    [Theory]
    [InlineData(1000, 0, true)]
    [InlineData(1000, 3, true)] // 0.3 points
    [InlineData(1000, 4, false)]
    public void Decide_Accuracy_MayFallByThreeTenthsOfAPoint(int examples, int errors, bool passed)
    {
        var gate = Int8Gate.Decide(Some.Labels(examples), Some.Labels(examples, [.. Enumerable.Range(0, errors)]));

        Assert.Equal(passed, gate.Passed);
        Assert.Contains(gate.Drops, drop => drop.Name == "accuracy" && Math.Abs(drop.Full - drop.Quantized - (errors / 1000.0)) < 1e-9);
    }

    [Theory]
    [InlineData(20, false)]
    [InlineData(19, true)] // too rare to compare
    public void Decide_LabelThatFell_CountsFromTwentyExamplesOn(int support, bool passed)
    {
        var full = Entities(("city", 5000, 5000), ("date", support, support));
        var int8 = Entities(("city", 5000, 5000), ("date", support - 1, support));

        var gate = Int8Gate.Decide(full, int8);

        Assert.Equal(passed, gate.Passed);
        Assert.Equal(passed ? "f1" : "entity date", gate.Drops[0].Name);
    }

    [Fact]
    public void Decide_SeveralLabels_ComparesTheirMicroF1AndEachLabel()
    {
        var gate = Int8Gate.Decide(Some.MultiLabels(1000), Some.MultiLabels(1000, [.. Enumerable.Range(0, 20)]));

        Assert.False(gate.Passed);
        Assert.Equal(["label b", "microF1", "label a"], gate.Drops.Select(drop => drop.Name));
    }

    [Fact]
    public void Decide_BetterInInt8OrNothingToSee_PassesOnlyTheFirst()
    {
        Assert.True(Int8Gate.Decide(Some.Labels(100, 1, 2, 3), Some.Labels(100)).Passed);
        Assert.False(Int8Gate.Decide(Some.Labels(0), Some.Labels(0)).Passed);
    }

    // Found: right predictions of so many entities.
    private static SplitEvaluation Entities(params (string Label, int Found, int Expected)[] labels)
    {
        var expected = labels.SelectMany(l => Enumerable.Repeat<IEnumerable<Entity>>([new(0, 1, l.Label)], l.Expected)).ToArray();
        var predicted = labels.SelectMany(l => Enumerable.Range(0, l.Expected)
            .Select(i => i < l.Found ? (IEnumerable<Entity>)[new(0, 1, l.Label)] : [])).ToArray();
        return Some.Labels(expected.Length) with { Labels = null, Entities = EntityScores.OfEntities(expected, predicted) };
    }
}
