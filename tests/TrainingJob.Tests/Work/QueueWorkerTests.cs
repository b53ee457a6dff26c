using Droptune.Core.Jobs;
using Droptune.Core.Runs;
using Droptune.Core.Storage;
using Droptune.Core.Stores;
using Droptune.TrainingJob.Torch;
using Droptune.TrainingJob.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Droptune.TrainingJob.Tests.Work;

public class QueueWorkerTests(AzuriteFixture azurite)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunAsync_NoMessage_EndsAtOnce()
    {
        var bench = await WorkerBench.CreateAsync(azurite);

        var allWell = await bench.Worker(WorkerBench.Succeed).RunAsync(once: true, Cancellation);

        Assert.True(allWell);
    }

    [Fact]
    public async Task RunAsync_Job_StoresTheModelThenAsksForItsEvaluation()
    {
        var bench = await WorkerBench.CreateAsync(azurite);
        await bench.Runs.QueueAsync(WorkerBench.Spec, Cancellation);
        var (snapshot, folder) = (new List<string>(), "");

        await bench.Worker((input, progress, cancellationToken) =>
        {
            folder = Path.GetDirectoryName(input.SnapshotFolder)!;
            snapshot.AddRange(Directory.EnumerateFiles(input.SnapshotFolder).Select(Path.GetFileName)!);
            return WorkerBench.Succeed(input, progress, cancellationToken);
        }).RunAsync(once: true, Cancellation);

        var run = await bench.RunAsync();
        var model = await bench.Models.FindVersionAsync("support", WorkerBench.Version, Cancellation);
        Assert.Equal(["dev.jsonl.gz", "test.jsonl.gz", "train.jsonl.gz"], snapshot.Order());
        Assert.Equal((RunState.Succeeded, WorkerBench.Version), (run.State, run.ModelVersion));
        Assert.Equal(0.9, model!.Metrics["dev.accuracy"]);
        Assert.True(await bench.Storage.Container(StorageNames.Models).GetBlobClient($"support/{WorkerBench.Version}/config.json").ExistsAsync(Cancellation));
        Assert.Equal(1, await bench.LengthAsync(StorageNames.EvaluationRequests));
        Assert.Equal(0, await bench.LengthAsync(StorageNames.TrainingJobs));
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task RunAsync_WorkerBeforeWasKilledOnceTheVersionWasAdded_RemovesItsCheckpoint()
    {
        var bench = await WorkerBench.CreateAsync(azurite);
        await bench.Runs.QueueAsync(WorkerBench.Spec, Cancellation);
        await bench.Worker(WorkerBench.Succeed).RunAsync(once: true, Cancellation);
        var checkpoint = bench.Storage.Container(StorageNames.Models).GetBlobClient($"support/{WorkerBench.Version}/checkpoint.tar");
        await checkpoint.UploadAsync(BinaryData.FromString("left"), Cancellation);
        await bench.Storage.Table(StorageNames.RunsTable).DeleteEntityAsync("run", WorkerBench.RunId, cancellationToken: Cancellation); // it had not ended
        await bench.Runs.QueueAsync(WorkerBench.Spec, Cancellation);

        await bench.Worker(WorkerBench.Succeed).RunAsync(once: true, Cancellation);

        Assert.Equal(RunState.Succeeded, (await bench.RunAsync()).State);
        Assert.False(await checkpoint.ExistsAsync(Cancellation));
    }

    /// <summary>The kernel tells nobody: what the next worker sees is what the last one reported.</summary>
    [Theory]
    [InlineData(0.95, 2, 7)] // nearly all was in use
    [InlineData(0.95, 4, 7, 8)]
    [InlineData(0.6, 2, 7, 8)] // a half, twice
    [InlineData(0.3, 2, 7, 7)] // twice at the same step
    [InlineData(0.3, 1, 7, 8)] // it may have been a power cut, and another
    public async Task RunAsync_WorkersBeforeWereKilledInTheirTraining_HalvesItsBatches(double memory, int parts, params int[] steps)
    {
        var bench = await WorkerBench.CreateAsync(azurite);
        await bench.Runs.QueueAsync(WorkerBench.Spec, Cancellation);
        foreach (var step in steps)
        {
            var (_, run) = await bench.Runs.StartAsync(WorkerBench.Spec, TimeSpan.Zero, Cancellation);
            await bench.Runs.ReportAsync(run.RunId, run.Attempt, new() { Stage = RunStage.Training, Step = step, Steps = 9, Memory = memory }, Cancellation);
        }

        await Task.Delay(bench.Options.Silence, Cancellation);
        int? told = null;
        await bench.Worker((input, progress, cancellationToken) =>
        {
            told = input.Parts;
            return WorkerBench.Succeed(input, progress, cancellationToken);
        }).RunAsync(once: true, Cancellation);

        Assert.Equal(parts, told);
    }

    [Fact]
    public async Task RunAsync_MessageTwice_TrainsOnce()
    {
        var bench = await WorkerBench.CreateAsync(azurite);
        await bench.Runs.QueueAsync(WorkerBench.Spec, Cancellation);
        await bench.Storage.SendAsync(StorageNames.TrainingJobs, WorkerBench.Spec, cancellationToken: Cancellation);
        var trained = 0;
        var worker = bench.Worker((input, progress, cancellationToken) =>
        {
            trained++;
            return WorkerBench.Succeed(input, progress, cancellationToken);
        });

        await worker.RunAsync(once: true, Cancellation);
        await worker.RunAsync(once: true, Cancellation);

        Assert.Equal(1, trained);
        Assert.Equal(0, await bench.LengthAsync(StorageNames.TrainingJobs));
    }

    [Fact]
    public async Task RunAsync_PrecisionThatTheGpuLacks_IsNotTriedAgain()
    {
        var bench = await WorkerBench.CreateAsync(azurite);
        await bench.Runs.QueueAsync(WorkerBench.Spec, Cancellation);
        var t4 = new Gpu("Tesla T4", new(7, 5), 16L << 30, "12.4");

        await bench.Worker((_, _, _) => throw new InvalidOperationException($"{PrecisionChoice.Of("bfloat16", DeviceType.CUDA, t4)}"))
            .RunAsync(once: true, Cancellation);

        var run = await bench.RunAsync();
        Assert.Equal((RunState.Failed, 1), (run.State, run.Attempt));
        Assert.StartsWith("optimisation.precision is 'bfloat16'", run.Error, StringComparison.Ordinal);
        Assert.Equal(0, await bench.LengthAsync(StorageNames.TrainingJobs));
    }

    [Fact]
    public async Task RunAsync_NativeException_RunHasItsFirstLine()
    {
        var bench = await WorkerBench.CreateAsync(azurite);
        await bench.Runs.QueueAsync(WorkerBench.Spec, Cancellation);

        await bench.Worker((_, _, _) => throw new InvalidOperationException($"viewed {zeros(2, 3).view(5)}")).RunAsync(once: true, Cancellation);

        Assert.Equal("shape '[5]' is invalid for input of size 6", (await bench.RunAsync()).Error);
    }

    [Fact]
    public async Task RunAsync_ModelStoredBeforeTheWorkerDied_IsNotTrainedAgain()
    {
        var bench = await WorkerBench.CreateAsync(azurite);
        await bench.Runs.QueueAsync(WorkerBench.Spec, Cancellation);
        await bench.Models.AddVersionAsync(
            new ModelVersionRecord
            {
                Model = "support",
                Version = WorkerBench.Version,
                RunId = WorkerBench.RunId,
                Dataset = "support",
                DatasetVersion = WorkerBench.Spec.Dataset.Version,
                Task = WorkerBench.Spec.Task,
                CreatedAt = TimeProvider.System.GetUtcNow(),
            },
            Cancellation);

        await bench.Worker((_, _, _) => throw new InvalidOperationException("trained")).RunAsync(once: true, Cancellation);

        Assert.Equal(RunState.Succeeded, (await bench.RunAsync()).State);
        Assert.Equal(1, await bench.LengthAsync(StorageNames.EvaluationRequests));
    }

    [Theory]
    [InlineData("not JSON at all", "no job spec")]
    [InlineData("{\"model\":\"support\"}", "dataset")]
    [InlineData("{\"model\":\"Not A Name\",\"dataset\":{\"name\":\"support\",\"version\":\"0123456789ab\"}}", "'Not A Name' is not a valid name")]
    [InlineData("{\"model\":\"support\",\"dataset\":{\"name\":\"support\",\"version\":\"0123456789ab\"},\"optimisation\":{\"epochs\":0}}", "epochs is 0")]
    [InlineData("{\"model\":\"support\",\"dataset\":{\"name\":\"support\",\"version\":\"../..\"}}", "no version of a snapshot")]
    [InlineData("null", "it is null")]
    [InlineData("[]", "no job spec")]
    [InlineData("{\"model\":\"a\",\"base\":{\"name\":\"scratch\"},\"dataset\":null,\"task\":\"joint\"}", "$.dataset")]
    [InlineData("{\"model\":null,\"dataset\":{\"name\":\"support\",\"version\":\"0123456789ab\"}}", "$.model")]
    [InlineData("{\"model\":\"a\",\"base\":{\"name\":null},\"dataset\":{\"name\":\"support\",\"version\":\"0123456789ab\"}}", "$.base.name")]
    [InlineData("{\"model\":\"a\",\"dataset\":{\"name\":\"support\"}}", "$.dataset")]
    [InlineData("{\"model\":\"a\",\"dataset\":{\"name\":\"support\",\"version\":\"0123456789ab\"},\"optimisation\":null}", "$.optimisation")]
    [InlineData("{\"model\":\"a\",\"model\":\"b\",\"dataset\":{\"name\":\"support\",\"version\":\"0123456789ab\"}}", "twice")]
    public async Task RunAsync_MessageThatIsNoJob_GoesToPoisonWithTheReason(string text, string reason)
    {
        var bench = await WorkerBench.CreateAsync(azurite);
        await bench.SendRawAsync(text);

        var allWell = await bench.Worker(WorkerBench.Succeed).RunAsync(once: true, Cancellation);

        var poison = Assert.Single(await bench.PoisonAsync());
        Assert.False(allWell);
        Assert.Contains(reason, poison.Reason, StringComparison.Ordinal);
        Assert.Equal(text, poison.Message);
        Assert.Equal(0, await bench.LengthAsync(StorageNames.TrainingJobs));
    }

    [Fact]
    public async Task RunAsync_SpecWithAnotherRunsId_FailsThatRun()
    {
        var bench = await WorkerBench.CreateAsync(azurite);
        var run = await bench.Runs.QueueAsync(WorkerBench.Spec, Cancellation);
        await bench.Storage.Queue(StorageNames.TrainingJobs).ClearMessagesAsync(Cancellation);
        await bench.Storage.SendAsync(StorageNames.TrainingJobs, run.Spec with { Model = "other" }, cancellationToken: Cancellation);

        await bench.Worker(WorkerBench.Succeed).RunAsync(once: true, Cancellation);

        run = await bench.RunAsync();
        Assert.Equal(RunState.Failed, run.State);
        Assert.Contains("is not the id of this spec", run.Error, StringComparison.Ordinal);
        Assert.Single(await bench.PoisonAsync());
    }

    [Fact]
    public async Task RunAsync_SnapshotMissing_FailsTheRunAtOnce()
    {
        var bench = await WorkerBench.CreateAsync(azurite);
        var spec = WorkerBench.Spec with { Dataset = new DatasetReference("support", "ffffffffffff") };
        await bench.Runs.QueueAsync(spec, Cancellation);

        await bench.Worker(WorkerBench.Succeed).RunAsync(once: true, Cancellation);

        var run = await bench.Runs.FindAsync(RunIds.For(spec), Cancellation);
        Assert.Equal(RunState.Failed, run!.State);
        Assert.Contains("support/ffffffffffff/", run.Error, StringComparison.Ordinal);
        Assert.Single(await bench.PoisonAsync());
    }

    [Fact]
    public async Task RunAsync_FailsFiveTimes_GoesToPoisonAndTheRunSaysWhy()
    {
        var bench = await WorkerBench.CreateAsync(azurite);
        await bench.Runs.QueueAsync(WorkerBench.Spec, Cancellation);
        var attempts = 0;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var serving = bench.Worker((_, _, _) => throw new IOException($"no luck {++attempts}")).RunAsync(once: false, stop.Token);

        await Wait.UntilAsync(async () => (await bench.RunAsync()).State == RunState.Failed);

        await stop.CancelAsync();
        await serving;
        Assert.Equal(5, attempts);
        Assert.Equal("no luck 5", (await bench.RunAsync()).Error);
        Assert.Equal("no luck 5", Assert.Single(await bench.PoisonAsync()).Reason);
        Assert.Equal(0, await bench.LengthAsync(StorageNames.TrainingJobs));
    }

    [Fact]
    public async Task RunAsync_RunCancelled_StopsWorkAndDropsTheMessage()
    {
        var bench = await WorkerBench.CreateAsync(azurite);
        await bench.Runs.QueueAsync(WorkerBench.Spec, Cancellation);
        var serving = bench.Worker(UntilCancelled).RunAsync(once: true, Cancellation);
        await Wait.UntilAsync(async () => (await bench.RunAsync()).Progress?.Step == 7);

        await bench.Runs.CancelAsync(WorkerBench.RunId, Cancellation);
        await serving;

        Assert.Equal(RunState.Cancelled, (await bench.RunAsync()).State);
        Assert.Equal(0, await bench.LengthAsync(StorageNames.TrainingJobs));
        Assert.Null(await bench.Models.FindVersionAsync("support", WorkerBench.Version, Cancellation));
    }

    [Fact]
    public async Task RunAsync_MessageThatCannotBeHandled_IsPoisonAfterItsTriesAndTheWorkerLives()
    {
        var bench = await WorkerBench.CreateAsync(azurite);
        var unstorable = WorkerBench.Spec with { Base = new() { Name = new string('b', 40_000) } }; // a column holds 32,768 characters
        await bench.Storage.SendAsync(StorageNames.TrainingJobs, unstorable, cancellationToken: Cancellation);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var serving = bench.Worker(WorkerBench.Succeed).RunAsync(once: false, stop.Token);

        await Wait.UntilAsync(async () => (await bench.PoisonAsync()).Count == 1);
        await bench.Runs.QueueAsync(WorkerBench.Spec, Cancellation);
        await Wait.UntilAsync(async () => (await bench.RunAsync()).State == RunState.Succeeded);

        await stop.CancelAsync();
        await serving;
        Assert.Contains("could not be handled", Assert.Single(await bench.PoisonAsync()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_RunCancelledUnnoticedBeforeItsEnd_PublishesNothing()
    {
        var bench = await WorkerBench.CreateAsync(azurite);
        await bench.Runs.QueueAsync(WorkerBench.Spec, Cancellation);

        await bench.Worker((input, progress, cancellationToken) =>
        {
            bench.Runs.CancelAsync(WorkerBench.RunId, Cancellation).GetAwaiter().GetResult();
            return WorkerBench.Succeed(input, progress, CancellationToken.None);
        }).RunAsync(once: true, Cancellation);

        Assert.Equal(RunState.Cancelled, (await bench.RunAsync()).State);
        Assert.Null(await bench.Models.FindVersionAsync("support", WorkerBench.Version, Cancellation));
        Assert.Equal(0, await bench.LengthAsync(StorageNames.EvaluationRequests));
    }

    [Fact]
    public async Task CancelAsync_TrainingIsDone_LeavesTheRun()
    {
        var bench = await WorkerBench.CreateAsync(azurite);
        var (_, run) = await bench.Runs.StartAsync(WorkerBench.Spec, TimeSpan.FromMinutes(1), Cancellation);
        await bench.Runs.ReportAsync(run.RunId, run.Attempt, new RunProgress { Stage = RunStage.Done }, Cancellation);

        run = await bench.Runs.CancelAsync(run.RunId, Cancellation);

        Assert.Equal(RunState.Running, run!.State);
    }

    [Fact]
    public async Task RunAsync_WorkerStopped_GivesTheJobBackUncounted()
    {
        var bench = await WorkerBench.CreateAsync(azurite);
        await bench.Runs.QueueAsync(WorkerBench.Spec, Cancellation);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var serving = bench.Worker(UntilCancelled).RunAsync(once: false, stop.Token);
        await Wait.UntilAsync(async () => (await bench.RunAsync()).State == RunState.Running);

        await stop.CancelAsync();
        await serving;

        var message = (await bench.Storage.Queue(StorageNames.TrainingJobs).ReceiveMessageAsync(cancellationToken: Cancellation)).Value;
        Assert.Equal(RunState.Queued, (await bench.RunAsync()).State);
        Assert.Equal(1, message.DequeueCount);
    }

    [Fact]
    public async Task RunAsync_LongWork_KeepsTheMessageHidden()
    {
        var bench = await WorkerBench.CreateAsync(azurite);
        await bench.Runs.QueueAsync(WorkerBench.Spec, Cancellation);
        var longerThanVisibility = 2 * bench.Options.Visibility;

        var serving = bench.Worker((input, progress, cancellationToken) =>
        {
            cancellationToken.WaitHandle.WaitOne(longerThanVisibility);
            return WorkerBench.Succeed(input, progress, cancellationToken);
        }).RunAsync(once: true, Cancellation);

        while (!serving.IsCompleted)
        {
            Assert.Empty((await bench.Storage.Queue(StorageNames.TrainingJobs).PeekMessagesAsync(cancellationToken: Cancellation)).Value);
            await Task.WhenAny(serving, Task.Delay(200, Cancellation));
        }

        await serving;
        Assert.Equal(RunState.Succeeded, (await bench.RunAsync()).State);
        Assert.Equal(0, await bench.LengthAsync(StorageNames.TrainingJobs));
    }

    [Fact]
    public async Task RunAsync_WorkerVanished_TheRunIsTakenUpFromItsCheckpoint()
    {
        var bench = await WorkerBench.CreateAsync(azurite);
        await bench.Runs.QueueAsync(WorkerBench.Spec, Cancellation);
        // A worker that took the message and the run, stored a checkpoint, and then was never heard of again.
        await bench.Storage.Queue(StorageNames.TrainingJobs).ReceiveMessageAsync(bench.Options.Visibility, Cancellation);
        await bench.Runs.StartAsync(WorkerBench.Spec, bench.Options.Silence, Cancellation);
        var lost = bench.Worker((input, progress, cancellationToken) =>
        {
            File.WriteAllText(Path.Combine(input.CheckpointFolder!, "position"), "epoch 3");
            input.CheckpointWritten!(input.CheckpointFolder!);
            throw new IOException("lost");
        });
        await lost.RunAsync(once: true, Cancellation); // finds nothing: the message is still hidden
        string? position = null;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);

        await Wait.UntilAsync(async () => await bench.LengthAsync(StorageNames.TrainingJobs) == 1 && await IsVisibleAsync(bench));
        await lost.RunAsync(once: true, Cancellation); // stores the checkpoint and fails
        await Wait.UntilAsync(() => IsVisibleAsync(bench));
        await bench.Worker((input, progress, cancellationToken) =>
        {
            position = File.ReadAllText(Path.Combine(input.CheckpointFolder!, "position"));
            return WorkerBench.Succeed(input, progress, cancellationToken);
        }).RunAsync(once: true, Cancellation);

        var run = await bench.RunAsync();
        Assert.Equal("epoch 3", position);
        Assert.Equal((RunState.Succeeded, 3), (run.State, run.Attempt));
        Assert.False(await bench.Storage.Container(StorageNames.Models).GetBlobClient($"support/{WorkerBench.Version}/checkpoint.tar").ExistsAsync(Cancellation));
    }

    private static async Task<bool> IsVisibleAsync(WorkerBench bench) =>
        (await bench.Storage.RawQueue(StorageNames.TrainingJobs).PeekMessagesAsync(cancellationToken: Cancellation)).Value.Length > 0;

    private static FineTuningResult UntilCancelled(FineTuningInput input, IProgress<RunProgress> progress, CancellationToken cancellationToken)
    {
        progress.Report(new RunProgress { Stage = RunStage.Training, Step = 7, Steps = 10 });
        cancellationToken.WaitHandle.WaitOne(Patience);
        cancellationToken.ThrowIfCancellationRequested();
        return WorkerBench.Succeed(input, progress, cancellationToken);
    }
}
