using Droptune.Core.Runs;
using Droptune.Core.Storage;

namespace Droptune.TrainingJob.Tests.Work;

/// <summary>Storage does not answer for longer than its clients try.</summary>
public class StorageOutageTests(AzuriteFixture azurite)
{
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(15);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunAsync_OutageWhileIdle_TakesTheNextJob()
    {
        using var line = new StorageLine(await azurite.NewAccountAsync());
        var bench = await WorkerBench.CreateAsync(line.ConnectionString);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var serving = bench.Worker(WorkerBench.Succeed).RunAsync(once: false, stop.Token);

        await OutageAsync(line);
        await bench.Runs.QueueAsync(WorkerBench.Spec, Cancellation);

        await Wait.UntilAsync(async () => (await bench.RunAsync()).State == RunState.Succeeded);
        await stop.CancelAsync();
        Assert.True(await serving);
    }

    [Fact]
    public async Task RunAsync_OutageFromATrainingsMiddleBeyondItsEnd_PublishesAtTheFirstAttempt()
    {
        using var line = new StorageLine(await azurite.NewAccountAsync());
        var bench = await WorkerBench.CreateAsync(line.ConnectionString);
        await bench.Runs.QueueAsync(WorkerBench.Spec, Cancellation);
        var (isTraining, mayEnd) = (new TaskCompletionSource(), new TaskCompletionSource());
        var serving = bench.Worker((input, progress, cancellationToken) =>
        {
            isTraining.SetResult();
            mayEnd.Task.Wait(cancellationToken);
            Directory.CreateDirectory(input.CheckpointFolder!);
            input.CheckpointWritten!(input.CheckpointFolder!);
            return WorkerBench.Succeed(input, progress, cancellationToken);
        }).RunAsync(once: true, Cancellation);
        await isTraining.Task.WaitAsync(Cancellation);

        line.Cut();
        mayEnd.SetResult();
        await Task.Delay(Outage, Cancellation);
        line.Mend();

        Assert.True(await serving);
        var run = await bench.RunAsync();
        Assert.Equal((RunState.Succeeded, 1, WorkerBench.Version), (run.State, run.Attempt, run.ModelVersion));
        Assert.Equal(1, await bench.LengthAsync(StorageNames.EvaluationRequests));
    }

    [Fact]
    public async Task RunAsync_OutageWhileBusy_ReportsAndCanBeCancelledAfterwards()
    {
        using var line = new StorageLine(await azurite.NewAccountAsync());
        var bench = await WorkerBench.CreateAsync(line.ConnectionString);
        await bench.Runs.QueueAsync(WorkerBench.Spec, Cancellation);
        var isTraining = new TaskCompletionSource();
        var serving = bench.Worker((_, _, cancellationToken) =>
        {
            isTraining.SetResult();
            cancellationToken.WaitHandle.WaitOne();
            throw new OperationCanceledException(cancellationToken);
        }).RunAsync(once: true, Cancellation);
        await isTraining.Task.WaitAsync(Cancellation);

        await OutageAsync(line);
        var mended = TimeProvider.System.GetUtcNow();
        await Wait.UntilAsync(async () => (await bench.RunAsync()).HeartbeatAt > mended);

        await bench.Runs.CancelAsync(WorkerBench.RunId, Cancellation);
        Assert.True(await serving.WaitAsync(TimeSpan.FromSeconds(30), Cancellation));
    }

    private static async Task OutageAsync(StorageLine line)
    {
        line.Cut();
        await Task.Delay(Outage, Cancellation);
        line.Mend();
    }
}
