using Droptune.Core.Runs;
using Droptune.TrainingJob.Training;

namespace Droptune.TrainingJob.Tests.Training;

public sealed class ProgressReportsTests
{
    private readonly Some.Progress _progress = new();
    private readonly SlowClock _clock = new();

    [Fact]
    public void Step_FirstOfAnEpochInNoTime_RateIsThatOfTheStepsBefore()
    {
        var reports = new ProgressReports(_progress, _clock);
        reports.Stage(RunStage.Training);
        for (var step = 1; step <= 20; step++)
        {
            Step(reports, epoch: 1, step, seconds: 0.1);
        }

        Step(reports, epoch: 2, step: 21, seconds: 1e-6);

        Assert.Equal(2, _progress.All[^1].Epoch);
        Assert.InRange(_progress.All[^1].TokensPerSecond!.Value, 990, 1100);
    }

    [Fact]
    public void Step_FirstOfAStage_HasNoRate()
    {
        var reports = new ProgressReports(_progress, _clock);
        reports.Stage(RunStage.Pretraining);
        Step(reports, epoch: 1, step: 1, seconds: 0.1);
        Step(reports, epoch: 1, step: 2, seconds: 0.1);
        reports.Stage(RunStage.Training);

        Step(reports, epoch: 1, step: 1, seconds: 1e-6);

        Assert.Null(_progress.All[^1].TokensPerSecond);
    }

    [Fact]
    public void Step_RateChanges_FollowsWithinSomeSeconds()
    {
        var reports = new ProgressReports(_progress, _clock);
        reports.Stage(RunStage.Training);
        for (var step = 1; step <= 1000; step++)
        {
            Step(reports, epoch: 1, step, seconds: step <= 500 ? 0.1 : 0.2);
        }

        Assert.InRange(_progress.All[^1].TokensPerSecond!.Value, 500, 505);
    }

    [Fact]
    public void Stage_AfterTheTraining_SaysTheKeptEpochAndItsScore()
    {
        var reports = new ProgressReports(_progress, _clock);
        reports.Stage(RunStage.Training);
        Step(reports, epoch: 4, step: 40, seconds: 0.1);
        reports.Evaluated(new("main", 0.5));

        reports.Kept(epoch: 2, epochs: 4, new("main", 0.8));
        reports.Stage(RunStage.Exporting);
        reports.Stage(RunStage.Done);

        Assert.All(_progress.All[^2..], progress => Assert.Equal((2, 4, 0.8), (progress.Epoch, progress.Epochs, progress.DevMetric!.Value)));
    }

    [Fact]
    public void Step_BudgetThatEndsBeforeTheEpochs_LeavesTheBudget()
    {
        var progress = new Some.Progress();
        var reports = new ProgressReports(progress, new EagerClock());
        reports.Begin(new(), steps: 1000, epochs: 5, maxMinutes: 1);

        reports.Step(new() { Rates = [1], Seconds = 1 }, 1000, 5, 10, 1, () => 1);
        reports.Step(new() { Rates = [1, 1], Seconds = 2 }, 1000, 5, 10, 1, () => 1);

        Assert.Equal(TimeSpan.FromSeconds(58), progress.All[^1].Eta);
    }

    private static void Step(ProgressReports reports, int epoch, int step, double seconds) => reports.Step(
        new TrainingState { Epoch = epoch, Tokens = 100, EpochSeconds = seconds, Seconds = step, Rates = [.. new double[step]] },
        steps: 10_000, epochs: 10, tokens: 100, seconds, () => 1);

    /// <summary>Time in which every step is worth a report.</summary>
    private sealed class SlowClock : TimeProvider
    {
        private long _ticks;

        public override long GetTimestamp() => _ticks += TimestampFrequency;
    }
}
