using Droptune.Core.Jobs;
using Droptune.Core.Runs;
using Droptune.Core.Storage;
using Droptune.Core.Stores;

namespace Droptune.TrainingJob.Tests.Work;

/// <summary>Machines whose clocks differ.</summary>
public class ClockSkewTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>By less than what a silent worker's hold lasts.</summary>
    [Theory]
    [InlineData(-0.5)]
    [InlineData(0.5)]
    public async Task RunAsync_SecondWorkerWithAnotherClock_LeavesTheRunAlone(double silences)
    {
        var bench = await WorkerBench.CreateAsync(azurite);
        await bench.Runs.QueueAsync(WorkerBench.Spec, Cancellation);
        var (isTraining, mayEnd, trained) = (new TaskCompletionSource(), new TaskCompletionSource(), 0);
        var first = bench.Worker((input, progress, cancellationToken) =>
        {
            trained++;
            isTraining.SetResult();
            mayEnd.Task.Wait(cancellationToken);
            return WorkerBench.Succeed(input, progress, cancellationToken);
        }).RunAsync(once: true, Cancellation);
        await isTraining.Task.WaitAsync(Cancellation);
        await bench.Storage.SendAsync(StorageNames.TrainingJobs, WorkerBench.Spec, cancellationToken: Cancellation);

        await bench.Worker(WorkerBench.Succeed, new ShiftedClock(silences * bench.Options.Silence)).RunAsync(once: true, Cancellation);

        var run = await bench.RunAsync();
        Assert.Equal((RunState.Running, 1), (run.State, run.Attempt));
        mayEnd.SetResult();
        Assert.True(await first);
        Assert.Equal(1, trained);
    }

    [Theory]
    [InlineData(-24)]
    [InlineData(24)]
    public async Task RunAsync_WorkersADayApart_TheLastOnesVersionIsTheCandidate(int hours)
    {
        var bench = await WorkerBench.CreateAsync(azurite);
        await bench.Runs.QueueAsync(WorkerBench.Spec, Cancellation);
        await bench.Worker(WorkerBench.Succeed, new ShiftedClock(TimeSpan.FromHours(-hours))).RunAsync(once: true, Cancellation);
        await bench.Models.PromoteAsync("support", WorkerBench.Version, "test", Cancellation);

        var next = WorkerBench.Spec with { Optimisation = new() { Seed = 7 } };
        await bench.Runs.QueueAsync(next, Cancellation);
        await bench.Worker(WorkerBench.Succeed, new ShiftedClock(TimeSpan.FromHours(hours))).RunAsync(once: true, Cancellation);

        var candidate = ModelStore.Candidate(
            (await bench.Models.FindAsync("support", Cancellation))!, await bench.Models.VersionsAsync("support", Cancellation));
        Assert.Equal(RunIds.ModelVersion(RunIds.For(next)), candidate?.Version);
    }

    private sealed class ShiftedClock(TimeSpan shift) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + shift;
    }
}
