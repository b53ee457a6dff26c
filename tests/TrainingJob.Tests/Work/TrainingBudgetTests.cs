using Droptune.Core.Jobs;
using Droptune.Core.Runs;
using Droptune.Core.Storage;

namespace Droptune.TrainingJob.Tests.Work;

public class TrainingBudgetTests(AzuriteFixture azurite)
{
    private static readonly JobSpec Other = WorkerBench.Spec with { Model = "other" };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunAsync_BudgetIsSpent_RunStaysQueuedWithTheReasonAndNoMessage()
    {
        var bench = await WorkerBench.CreateAsync(azurite, new() { TrainingMinutesPerDay = 1 });
        await bench.Runs.QueueAsync(WorkerBench.Spec, Cancellation);
        await bench.Budget.AddAsync("0123456789abcdef", TimeSpan.FromMinutes(1), Cancellation);

        var allWell = await bench.Worker((_, _, _) => throw new InvalidOperationException("trained")).RunAsync(once: true, Cancellation);
        var other = await bench.Runs.QueueAsync(Other, Cancellation);

        Assert.True(allWell);
        Assert.All([await bench.RunAsync(), other], run =>
        {
            Assert.Equal((RunState.Queued, 0), (run.State, run.Attempt));
            Assert.Contains("The 1 training minutes of", run.Waits, StringComparison.Ordinal);
        });
        Assert.Equal(0, await bench.LengthAsync(StorageNames.TrainingJobs)); // no machine is started for it
    }

    [Fact]
    public async Task RunAsync_BudgetEndsWhileARunSearches_ItStopsAndGoesOnFromItsCheckpoint()
    {
        var account = await azurite.NewAccountAsync();
        var bench = await WorkerBench.CreateAsync(account, new() { TrainingMinutesPerDay = 1 });
        await bench.Runs.QueueAsync(WorkerBench.Spec, Cancellation);
        await bench.Budget.AddAsync("0123456789abcdef", TimeSpan.FromSeconds(59.5), Cancellation);

        var allWell = await bench.Worker((input, progress, cancellationToken) =>
        {
            progress.Report(new() { Stage = RunStage.Searching });
            cancellationToken.WaitHandle.WaitOne();
            File.WriteAllText(Path.Combine(input.CheckpointFolder!, "state"), "half");
            input.CheckpointWritten!(input.CheckpointFolder!); // as the trainer does when it is stopped
            cancellationToken.ThrowIfCancellationRequested();
            throw new InvalidOperationException("not stopped");
        }).RunAsync(once: true, Cancellation);
        var paused = await bench.RunAsync();
        var raised = await WorkerBench.CreateAsync(account, new() { TrainingMinutesPerDay = 60 });
        await raised.Runs.QueueAsync(WorkerBench.Spec, Cancellation); // as the watchdog does
        var found = "";
        await raised.Worker((input, progress, cancellationToken) =>
        {
            found = File.ReadAllText(Path.Combine(input.CheckpointFolder!, "state"));
            return WorkerBench.Succeed(input, progress, cancellationToken);
        }).RunAsync(once: true, Cancellation);
        var done = await bench.RunAsync();

        Assert.True(allWell);
        Assert.Equal((RunState.Queued, 1), (paused.State, paused.Attempt));
        Assert.NotNull(paused.Waits);
        Assert.Equal("half", found);
        Assert.Equal((RunState.Succeeded, null), (done.State, done.Waits));
        Assert.Equal(0, await bench.LengthAsync(StorageNames.TrainingJobs));
    }

    [Fact]
    public async Task RunAsync_BudgetEndsWhileTheModelIsStored_TheRunIsFinished()
    {
        var bench = await WorkerBench.CreateAsync(azurite, new() { TrainingMinutesPerDay = 1 });
        await bench.Runs.QueueAsync(WorkerBench.Spec, Cancellation);
        await bench.Budget.AddAsync("0123456789abcdef", TimeSpan.FromSeconds(59.5), Cancellation);

        await bench.Worker((input, progress, cancellationToken) =>
        {
            progress.Report(new() { Stage = RunStage.Exporting });
            Thread.Sleep(TimeSpan.FromSeconds(2));
            return WorkerBench.Succeed(input, progress, cancellationToken);
        }).RunAsync(once: true, Cancellation);

        Assert.Equal(RunState.Succeeded, (await bench.RunAsync()).State);
        Assert.NotNull(await bench.Budget.ExhaustionAsync(Cancellation));
    }

    [Fact]
    public async Task RunAsync_NoBound_TimeIsCountedAndNothingWaits()
    {
        var bench = await WorkerBench.CreateAsync(azurite);
        await bench.Budget.AddAsync("0123456789abcdef", TimeSpan.FromDays(1), Cancellation);
        await bench.Runs.QueueAsync(WorkerBench.Spec, Cancellation);

        await bench.Worker(WorkerBench.Succeed).RunAsync(once: true, Cancellation);

        Assert.Equal((RunState.Succeeded, null), ((await bench.RunAsync()).State, (await bench.RunAsync()).Waits));
    }
}
