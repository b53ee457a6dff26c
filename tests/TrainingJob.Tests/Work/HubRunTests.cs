using System.Collections.Concurrent;
using Azure.Storage.Blobs.Models;
using Droptune.Core.Hub;
using Droptune.Core.Jobs;
using Droptune.Core.Models;
using Droptune.Core.Runs;
using Droptune.Core.Storage;
using Droptune.Functions.Hosting.Local.Processes;
using Droptune.TrainingJob.Training;
using Droptune.TrainingJob.Work;

namespace Droptune.TrainingJob.Tests.Work;

/// <summary>Runs from a base model of the hub: there it is our own one, whose weights are 15 MB.</summary>
public sealed class HubRunTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private const string Pinned = "org/mini@" + TestHub.Commit;
    private const string Copy = "org--mini@" + TestHub.Commit;

    private TestHub _hub = null!;
    private WorkerBench _bench = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _hub = await TestHub.StartAsync();
        _hub.AddFolder("org/mini", BuiltInBase.Folder);
        _bench = await WorkerBench.CreateAsync(azurite);
    }

    public async ValueTask DisposeAsync() => await _hub.DisposeAsync();

    [Fact]
    public async Task RunAsync_BaseOfTheHub_HasItsFilesAndKeepsThemForTheNextRun()
    {
        await _bench.Runs.QueueAsync(From(Pinned), Cancellation);
        await WorkAsync(CheckBase);
        var asked = _hub.Requests.Count;
        await _bench.Runs.QueueAsync(From(Pinned) with { Model = "another" }, Cancellation);

        await WorkAsync(CheckBase);

        Assert.Equal([RunState.Succeeded, RunState.Succeeded], (await _bench.Runs.ListAsync(new(Limit: 10), Cancellation)).Select(run => run.State));
        Assert.Equal(asked, _hub.Requests.Count);

        static FineTuningResult CheckBase(FineTuningInput input, IProgress<RunProgress> progress, CancellationToken cancellationToken)
        {
            Assert.Equal(
                File.ReadAllBytes(Path.Combine(BuiltInBase.Folder, "model.safetensors")), File.ReadAllBytes(Path.Combine(input.BaseModelFolder!, "model.safetensors")));
            return WorkerBench.Succeed(input, progress, cancellationToken);
        }
    }

    [Theory]
    [InlineData("org/mini")]
    [InlineData("org/mini@main")]
    [InlineData(Copy)]
    public async Task RunAsync_JobNamesNoCommit_RunIsThatOfTheCommit(string name)
    {
        await _bench.Storage.SendAsync(StorageNames.TrainingJobs, From(name), cancellationToken: Cancellation);

        await WorkAsync(WorkerBench.Succeed);

        var run = await _bench.Runs.FindAsync(RunIds.For(From(Pinned)), Cancellation);
        Assert.Equal((RunState.Succeeded, Pinned), (run!.State, run.Spec.Base.Name));
    }

    [Theory]
    [InlineData("org/missing", "The hub has no model 'org/missing' for us")]
    [InlineData("org/mini@v9", "has no revision 'v9'")]
    public async Task RunAsync_JobNamesWhatTheHubDoesNotGive_GoesToPoisonWithTheReason(string name, string reason)
    {
        await _bench.Storage.SendAsync(StorageNames.TrainingJobs, From(name), cancellationToken: Cancellation);

        await WorkAsync(WorkerBench.Succeed);

        Assert.Contains(reason, Assert.Single(await _bench.PoisonAsync()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_ModelWasGatedSince_FailsAtOnce()
    {
        await _bench.Runs.QueueAsync(From(Pinned), Cancellation);
        _hub["org/mini"].GatedTo = "others";

        await WorkAsync(WorkerBench.Succeed);

        var run = await _bench.Runs.FindAsync(RunIds.For(From(Pinned)), Cancellation);
        Assert.Equal((RunState.Failed, 1), (run!.State, run.Attempt));
        Assert.Contains("accepted its conditions", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_HubFailsForLong_IsTriedAgain()
    {
        await _bench.Runs.QueueAsync(From(Pinned), Cancellation);
        _hub.Fail("far", 503, times: 8);

        await WorkAsync(WorkerBench.Succeed);
        var failed = await _bench.Runs.FindAsync(RunIds.For(From(Pinned)), Cancellation);
        await Wait.UntilAsync(async () =>
        {
            await WorkAsync(WorkerBench.Succeed);
            return (await _bench.Runs.FindAsync(failed!.RunId, Cancellation))!.State == RunState.Succeeded;
        });

        Assert.Contains("answers 503", failed!.Error, StringComparison.Ordinal);
    }

    /// <summary>All of it, in processes: what the first one had of the weights is not asked for again.</summary>
    [Fact]
    public async Task Work_KilledInTheMiddleOfTheDownload_GoesOnAndTrains()
    {
        var spec = From(Pinned) with { Task = TaskKind.Joint, Optimisation = new() { Epochs = 1, MaxLength = 32, BatchTokens = 512 } };
        await StoreSnapshotAsync(spec.Dataset);
        await _bench.Runs.QueueAsync(spec, Cancellation);
        _hub.HoldAfter = 9_000_000;
        var lines = new ConcurrentQueue<string>();
        long kept;
        await using (var first = Start(lines))
        {
            await Wait.UntilAsync(async () => await PartAsync() is { Properties.ContentLength: 8 << 20 });
            first.Kill();
            kept = (await PartAsync())!.Properties.ContentLength!.Value;
            _hub.HoldAfter = null;
        }

        await using (Start(lines))
        {
            await Wait.UntilAsync(async () => (await _bench.Runs.FindAsync(RunIds.For(spec), Cancellation))!.State is RunState.Succeeded or RunState.Failed);
        }

        var run = (await _bench.Runs.FindAsync(RunIds.For(spec), Cancellation))!;
        Assert.True(run.State == RunState.Succeeded, string.Join('\n', lines));
        Assert.Equal(["", $"bytes={kept}-"], _hub.Requests.Where(request => request.Path.StartsWith("far", StringComparison.Ordinal)).Select(request => request.Range));
        Assert.Null(await PartAsync());
        var card = await _bench.Storage.Container(StorageNames.Models).GetBlobClient($"support/{run.ModelVersion}/README.md").DownloadContentAsync(Cancellation);
        Assert.Contains($"| base | {Pinned} |", card.Value.Content.ToString().Replace("\\", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("| licence of the base | cc-by-4.0", card.Value.Content.ToString().Replace("\\", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private static JobSpec From(string name) => WorkerBench.Spec with { Base = new() { Name = name } };

    private Task<bool> WorkAsync(Train train) => _bench.Worker(train, hub: _hub).RunAsync(once: true, Cancellation);

    private ChildProcess Start(ConcurrentQueue<string> lines)
    {
        var settings = new Dictionary<string, string?>
        {
            [StorageNames.Connection] = _bench.Connection,
            [HubOptions.EndpointName] = _hub.Endpoint,
            ["Worker__Visibility"] = "00:00:03",
            ["Worker__RenewEvery"] = "00:00:01",
            ["Worker__ReportEvery"] = "00:00:00.3",
            ["Worker__Silence"] = "00:00:01",
            ["Worker__PollEvery"] = "00:00:00.2",
        };
        return JobProgram.Start(["work", "--until-input-ends"], settings, lines);
    }

    private async Task<BlobItem?> PartAsync() => await _bench.Storage.Container(StorageNames.BaseModels)
        .GetBlobsAsync(new GetBlobsOptions { Prefix = $"{Copy}/" }, Cancellation).FirstOrDefaultAsync(blob => HubDownload.IsPart(blob.Name), Cancellation);

    private async Task StoreSnapshotAsync(DatasetReference dataset)
    {
        var folder = Directory.CreateTempSubdirectory("droptune snapshot ");
        foreach (var path in Directory.GetFiles(Training.Some.Snapshot(folder.FullName, train: 64, dev: 16)))
        {
            await _bench.Storage.Container(StorageNames.Snapshots).GetBlobClient($"{dataset.Name}/{dataset.Version}/{Path.GetFileName(path)}").UploadAsync(path, overwrite: true, Cancellation);
        }

        folder.Delete(recursive: true);
    }
}
