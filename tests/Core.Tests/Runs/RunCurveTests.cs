using Droptune.Core.Runs;

namespace Droptune.Core.Tests.Runs;

public class RunCurveTests
{
    [Fact]
    public void Add_BeforeTraining_AddsNothing()
    {
        var curve = RunCurve.Add([], null, new RunProgress { Stage = RunStage.Preparing });

        Assert.Empty(curve);
    }

    [Fact]
    public void Add_ScoreOnDev_StandsOnceWhereItWasNew()
    {
        var curve = CurveOf(Report(1, 3), Report(2, 2), Report(2, 2, dev: 0.5), Report(2, 2, dev: 0.5), Report(3, 1, dev: 0.5));

        Assert.Equal([new(1, 3), new(2, 2, 0.5), new(3, 1)], curve);
    }

    [Fact]
    public void Add_RunThatBeganAgain_TakesBackWhatItHadReported()
    {
        var curve = CurveOf(Report(1, 3), Report(5, 2), Report(9, 1), Report(5, 2.5), Report(6, 2.2));

        Assert.Equal([new(1, 3), new(5, 2.5), new(6, 2.2)], curve);
    }

    [Fact]
    public void Add_LongRun_KeepsScoresAndFitsARecord()
    {
        var reports = Enumerable.Range(1, 5_000).Select(step => Report(step, 1.0 / step, dev: step / 500 / 100.0)).ToArray();

        var curve = CurveOf(reports);

        Assert.InRange(curve.Count, 100, 240);
        Assert.Equal((1, 5_000), (curve[0].Step, curve[^1].Step));
        Assert.Equal(Enumerable.Range(0, 11).Select(tenth => (double?)(tenth / 100.0)), curve.Select(point => point.Dev).Where(dev => dev is not null));
        Assert.InRange(JsonSerializer.Serialize(curve, DroptuneJson.Compact).Length, 0, 30_000);
    }

    private static IReadOnlyList<CurvePoint> CurveOf(params RunProgress[] reports)
    {
        IReadOnlyList<CurvePoint> curve = [];
        RunProgress? before = null;
        foreach (var report in reports)
        {
            curve = RunCurve.Add(curve, before, report);
            before = report;
        }

        return curve;
    }

    private static RunProgress Report(int step, double loss, double? dev = null) => new()
    {
        Stage = RunStage.Training,
        Step = step,
        Loss = loss,
        DevMetric = dev is { } value ? new("f1", value) : null,
    };
}
