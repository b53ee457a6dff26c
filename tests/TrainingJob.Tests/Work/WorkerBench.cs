using System.IO.Compression;
using Azure.Storage.Queues;
using Droptune.Core.Hub;
using Droptune.Core.Jobs;
using Droptune.Core.Runs;
using Droptune.Core.Storage;
using Droptune.Core.Stores;
using Droptune.TrainingJob.Training;
using Droptune.TrainingJob.Work;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Droptune.TrainingJob.Tests.Work;

/// <summary>A storage account with a snapshot and a queued job, and a worker whose training is the test's.</summary>
internal sealed class WorkerBench
{
    public static readonly JobSpec Spec = new()
    {
        Model = "support",
        Dataset = new DatasetReference("support", "0123456789ab"),
        Task = TaskKind.TextClassification,
    };

    private static readonly ScratchSpace Scratch = new(Path.Combine(Path.GetTempPath(), "droptune tests"));

    public static readonly string RunId = RunIds.For(Spec);
    public static readonly string Version = RunIds.ModelVersion(RunId);

    private WorkerBench(DroptuneStorage storage, TrainingLimits limits)
    {
        Storage = storage;
        Budget = new TrainingBudget(storage, Microsoft.Extensions.Options.Options.Create(limits), TimeProvider.System);
        Runs = new RunStore(storage, TimeProvider.System, Budget);
        Models = new ModelStore(storage, TimeProvider.System);
    }

    public required string Connection { get; init; }

    public DroptuneStorage Storage { get; }

    public TrainingBudget Budget { get; }

    public RunStore Runs { get; }

    public ModelStore Models { get; }

    public WorkerOptions Options { get; init; } = new()
    {
        // Storage counts visibility in whole seconds.
        Visibility = TimeSpan.FromSeconds(3),
        RenewEvery = TimeSpan.FromSeconds(1),
        ReportEvery = TimeSpan.FromMilliseconds(200),
        Silence = TimeSpan.FromSeconds(1),
        PollEvery = TimeSpan.FromMilliseconds(100),
        RetryAfter = TimeSpan.FromSeconds(1),
        Folder = Path.Combine(Path.GetTempPath(), "droptune tests"),
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<WorkerBench> CreateAsync(AzuriteFixture azurite, TrainingLimits? limits = null) => await CreateAsync(await azurite.NewAccountAsync(), limits);

    public static async Task<WorkerBench> CreateAsync(string account, TrainingLimits? limits = null)
    {
        var settings = new Dictionary<string, string?> { [StorageNames.Connection] = account };
        var bench = new WorkerBench(DroptuneStorage.From(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()), limits ?? new()) { Connection = account };
        await bench.Storage.EnsureCreatedAsync(Cancellation);
        await bench.StoreSnapshotAsync();
        return bench;
    }

    /// <summary>A worker that trains by <paramref name="train"/>; without a hub it may use none.</summary>
    public QueueWorker Worker(Train train, TimeProvider? clock = null, TestHub? hub = null)
    {
        clock ??= TimeProvider.System;
        var client = new HubClient(hub is null ? new() { Hub = new() { Enabled = false } } : new() { Endpoint = hub.Endpoint }, new HurriedClock());
        var run = new TrainingRun(Storage, Models, new HubModels(Storage, client), train, Scratch, Options, clock, NullLogger<TrainingRun>.Instance);
        return new QueueWorker(Storage, new RunStore(Storage, clock, Budget), Budget, run, Options, clock, NullLogger<QueueWorker>.Instance);
    }

    /// <summary>Writes a model of one file.</summary>
    public static FineTuningResult Succeed(FineTuningInput input, IProgress<RunProgress> progress, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(input.OutputFolder);
        File.WriteAllText(Path.Combine(input.OutputFolder, "config.json"), "{}");
        return new FineTuningResult(
            0.9, new Dictionary<string, double> { ["dev.accuracy"] = 0.9 }, 1, 1, TimeSpan.FromSeconds(1), "epochs");
    }

    public async Task<RunRecord> RunAsync() => (await Runs.FindAsync(RunId, Cancellation))!;

    /// <summary>Messages in a queue, hidden ones too.</summary>
    public async Task<int> LengthAsync(string queue) =>
        (await Storage.Queue(queue).GetPropertiesAsync(Cancellation)).Value.ApproximateMessagesCount;

    public async Task<IReadOnlyList<PoisonMessage>> PoisonAsync()
    {
        var messages = await Storage.Queue(StorageNames.TrainingJobs + StorageNames.PoisonSuffix).PeekMessagesAsync(maxMessages: 32, Cancellation);
        return [.. messages.Value.Select(message => JsonSerializer.Deserialize<PoisonMessage>(message.Body, DroptuneJson.Compact)!)];
    }

    /// <summary>Sends a message as it stands, without encoding.</summary>
    public async Task SendRawAsync(string text)
    {
        QueueClient queue = Storage.RawQueue(StorageNames.TrainingJobs);
        await queue.SendMessageAsync(text, Cancellation);
    }

    private async Task StoreSnapshotAsync()
    {
        foreach (var split in new[] { "train", "dev", "test" })
        {
            using var content = new MemoryStream();
            await using (var gzip = new GZipStream(content, CompressionLevel.Fastest, leaveOpen: true))
            {
                gzip.Write("""{"text":"hello","label":"greet"}"""u8);
            }

            content.Position = 0;
            var blob = Storage.Container(StorageNames.Snapshots).GetBlobClient($"{Spec.Dataset.Name}/{Spec.Dataset.Version}/{split}.jsonl.gz");
            await blob.UploadAsync(content, overwrite: true, Cancellation);
        }
    }
}
