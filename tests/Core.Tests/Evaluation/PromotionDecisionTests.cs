using Droptune.Core.Evaluation;

namespace Droptune.Core.Tests.Evaluation;

public class PromotionDecisionTests
{
    private static readonly PromotionSettings Defaults = new();

    [Fact]
    public void Decide_NothingServed_Promotes()
    {
        var decision = PromotionDecision.Decide(Some.Report(Some.Labels(10, 1, 2, 3, 4, 5, 6)), null, Defaults);

        Assert.Equal(new(true, "Nothing was served yet."), decision);
    }

    [Fact]
    public void Decide_Better_PromotesWithFigures()
    {
        var decision = PromotionDecision.Decide(Some.Report(Some.Labels(200, 1)), Some.Report(Some.Labels(200, 1, 2, 3), "v1"), Defaults);

        Assert.True(decision.Promote);
        Assert.StartsWith("Better: 99.50% on dev against 98.50% of v1, difference +1.00 points (", decision.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_TrainedOnDev_ComparesTheExamplesOfDevAlone()
    {
        // The first 100 are dev: of them the candidate has 2 wrong, of train, which the served version learned from, 30.
        var candidate = Some.Report(Some.Labels(300, [5, 6, .. Enumerable.Range(200, 30)])) with { DevTrained = true };

        Assert.StartsWith("Better: 98.00% on dev against 97.00% of v1, ", PromotionDecision.Decide(candidate, Some.Report(Some.Labels(100, 7, 8, 9), "v1"), Defaults).Reason, StringComparison.Ordinal);
        Assert.False(PromotionDecision.Decide(candidate, Some.Report(Some.Labels(100, 7), "v1"), Defaults).Promote);
        Assert.True(PromotionDecision.Decide(candidate, Some.Report(Some.Labels(300, [.. Enumerable.Range(0, 40)]), "v1") with { DevTrained = true }, Defaults).Promote);
        Assert.StartsWith("Not comparable", PromotionDecision.Decide(candidate with { DevTrained = false }, Some.Report(Some.Labels(100, 7), "v1"), Defaults).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Decide_EqualOrWorse_Refuses(int moreErrors)
    {
        var candidate = Some.Labels(200, [.. Enumerable.Range(0, 3 + moreErrors)]);

        var decision = PromotionDecision.Decide(Some.Report(candidate), Some.Report(Some.Labels(200, 7, 8, 9), "v1"), Defaults);

        Assert.False(decision.Promote);
        Assert.StartsWith("Not better: ", decision.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_LessThanTheMargin_Refuses()
    {
        var (candidate, served) = (Some.Report(Some.Labels(200, 1)), Some.Report(Some.Labels(200, 1, 2, 3), "v1"));

        Assert.False(PromotionDecision.Decide(candidate, served, new() { Margin = 0.02 }).Promote);
        Assert.True(PromotionDecision.Decide(candidate, served, new() { Margin = 0.01 }).Promote);
    }

    [Fact]
    public void Decide_GainThatMayBeChance_RefusesOnlyWhereItMustBeReal()
    {
        var (candidate, served) = (Some.Report(Some.Labels(200, 1)), Some.Report(Some.Labels(200, 1, 2), "v1"));

        var decision = PromotionDecision.Decide(candidate, served, new() { MustBeSignificant = true });

        Assert.False(decision.Promote);
        Assert.StartsWith("The gain may be chance: ", decision.Reason, StringComparison.Ordinal);
        Assert.True(PromotionDecision.Decide(candidate, served, Defaults).Promote);
    }

    [Fact]
    public void Decide_LabelFallsBelowTheFloor_RefusesAndNamesIt()
    {
        // 100 examples of two labels: the served one errs everywhere alike, the candidate only on the rare label "rare".
        var served = WithRareLabel(rareWrong: 1, othersWrong: 20);
        var candidate = WithRareLabel(rareWrong: 5, othersWrong: 0);

        var decision = PromotionDecision.Decide(Some.Report(candidate), Some.Report(served, "v1"), Defaults);
        var without = PromotionDecision.Decide(Some.Report(candidate), Some.Report(served, "v1"), new() { LabelFloor = 0 });

        Assert.False(decision.Promote);
        Assert.StartsWith("The label rare fell from ", decision.Reason, StringComparison.Ordinal);
        Assert.True(without.Promote);
    }

    [Fact]
    public void Decide_OtherExamples_Refuses()
    {
        var decision = PromotionDecision.Decide(Some.Report(Some.Labels(10)), Some.Report(Some.Labels(10), "v1", "other"), Defaults);

        Assert.Equal(new(false, "Not comparable with v1: the two were not evaluated on the same dev examples."), decision);
    }

    private static SplitEvaluation WithRareLabel(int rareWrong, int othersWrong)
    {
        var expected = Enumerable.Range(0, 100).Select(i => i < 6 ? "rare" : $"{i % 2}").ToArray();
        var predicted = expected.Select((label, i) => i < rareWrong ? "0" : i >= 6 && i < 6 + othersWrong ? $"{(i + 1) % 2}" : label).ToArray();
        var scores = Core.Metrics.ClassificationScores.Of(expected, predicted);

        return Some.Labels(100) with
        {
            MainScore = scores.Accuracy,
            Labels = scores,
            Outcomes = [.. expected.Zip(predicted, (right, guess) => new Outcome(0, 0, 0, right == guess))],
        };
    }
}
