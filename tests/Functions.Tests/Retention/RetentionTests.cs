using Azure.Storage.Blobs.Models;
using Droptune.Core.Jobs;
using Droptune.Core.Storage;
using Droptune.Core.Stores;
using Droptune.Core.Traffic;
using Droptune.Functions.Corrections;
using Droptune.Functions.Evaluation;
using Droptune.Functions.Ingestion;
using Droptune.Functions.Monitoring;
using Droptune.Functions.Retention;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Droptune.Functions.Tests.Retention;

public sealed class RetentionTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private const string Data = "d";

    // Blobs are of now: the clock goes ahead, not back.
    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());
    private DroptuneStorage _storage = null!;
    private ModelStore _models = null!;
    private RunStore _runs = null!;
    private DatasetStore _datasets = null!;
    private EvaluationStore _evaluations = null!;
    private TrafficStore _traffic = null!;

    public async ValueTask InitializeAsync()
    {
        _storage = DroptuneStorage.From(new ConfigurationBuilder().AddInMemoryCollection([new(StorageNames.Connection, await azurite.NewAccountAsync())]).Build());
        await _storage.EnsureCreatedAsync(Cancellation);
        (_models, _runs) = (new(_storage, _clock), new(_storage, _clock));
        (_datasets, _evaluations, _traffic) = (new(_storage, _clock), new(_storage), new(_storage));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Apply_VersionsThatNobodyNeeds_GoWithAllThatIsTheirs()
    {
        await AddVersionsAsync("m", 14);
        await PromoteAsync("m", 1);
        await PromoteAsync("m", 0);
        await CheckpointAsync("m", Version(5));
        _clock.Advance(TimeSpan.FromDays(91));

        var plan = await ApplyAsync(new());

        var left = (await _models.VersionsAsync("m", Cancellation)).Select(version => version.Version).ToList();
        Assert.Equal([.. Enumerable.Range(4, 10).Reverse(), 1, 0], left.Select(version => int.Parse(version, NumberStyles.HexNumber, CultureInfo.InvariantCulture)));
        Assert.Equal([$"m/{Version(2)}", $"m/{Version(3)}"], plan.Where(item => item.Kind == RetentionKind.ModelVersion).Select(item => item.Name).Order());
        foreach (var gone in new[] { Version(2), Version(3) })
        {
            Assert.Empty(await NamesAsync(StorageNames.Models, $"m/{gone}/"));
            Assert.Empty(await NamesAsync(StorageNames.Reports, $"m/{gone}/"));
            Assert.Empty(await NamesAsync(StorageNames.Snapshots, $"{Data}/{gone}/"));
            Assert.Null(await _runs.FindAsync(RunId(gone), Cancellation));
            Assert.Null(await _evaluations.NewestAsync("m", gone, Cancellation));
        }

        foreach (var kept in left)
        {
            Assert.Equal([$"m/{kept}/model.onnx"], await NamesAsync(StorageNames.Models, $"m/{kept}/"));
            Assert.NotEmpty(await NamesAsync(StorageNames.Reports, $"m/{kept}/"));
            Assert.NotEmpty(await NamesAsync(StorageNames.Snapshots, $"{Data}/{kept}/")); // what it was trained on
            Assert.NotNull(await _evaluations.NewestAsync("m", kept, Cancellation));
        }

        Assert.Empty(await PlanAsync(new()));
    }

    [Fact]
    public async Task Apply_BeforeTheTime_DeletesNothing()
    {
        await AddVersionsAsync("m", 14);
        await PromoteAsync("m", 0);
        _clock.Advance(TimeSpan.FromDays(13));

        Assert.Empty(await ApplyAsync(new()));
    }

    [Fact]
    public async Task Apply_DryRun_SaysTheSameAndDeletesNothing()
    {
        await AddVersionsAsync("m", 14);
        _clock.Advance(TimeSpan.FromDays(91));
        var before = await NamesAsync(StorageNames.Models, "");

        var plan = await ApplyAsync(new() { DryRun = true });

        Assert.NotEmpty(plan);
        Assert.Equal(before, await NamesAsync(StorageNames.Models, ""));
        Assert.Equal(plan.Select(item => item.Name), (await PlanAsync(new())).Select(item => item.Name));
    }

    [Fact]
    public async Task Apply_OpenRun_KeepsItsSnapshotAndCheckpoint()
    {
        var spec = new JobSpec { Model = "m", Dataset = new(Data, "0123456789ab") };
        var run = await _runs.QueueAsync(spec, Cancellation);
        var version = RunIds.ModelVersion(run.RunId);
        await CheckpointAsync("m", version);
        await SnapshotAsync("0123456789ab");
        await SnapshotAsync("ba9876543210");
        _clock.Advance(TimeSpan.FromDays(400));

        await ApplyAsync(new());

        Assert.Single(await NamesAsync(StorageNames.Models, $"m/{version}/"));
        Assert.NotEmpty(await NamesAsync(StorageNames.Snapshots, $"{Data}/0123456789ab/"));
        Assert.Empty(await NamesAsync(StorageNames.Snapshots, $"{Data}/ba9876543210/"));
        Assert.NotNull(await _runs.FindAsync(run.RunId, Cancellation));

        await _runs.CancelAsync(run.RunId, Cancellation);
        _clock.Advance(TimeSpan.FromDays(91));
        await ApplyAsync(new());

        Assert.Empty(await NamesAsync(StorageNames.Models, ""));
        Assert.Empty(await NamesAsync(StorageNames.Snapshots, ""));
        Assert.Null(await _runs.FindAsync(run.RunId, Cancellation));
    }

    [Fact]
    public async Task Apply_CorrectionThatWaits_KeepsWhatItIsFoldedInto()
    {
        await AddVersionsAsync("m", 1);
        await SnapshotAsync("0123456789ab");
        var change = await _datasets.NoteChangeAsync(Data, Cancellation);
        await _datasets.ConcludeAsync(
            Data, change, dataset => dataset with { State = DatasetState.Accepted, Version = "0123456789ab", AcceptedVersion = "0123456789ab" }, Cancellation);
        await new CorrectionStore(_storage, _clock).AddAsync("m", new Example { Text = "a text", Label = "a" }, Cancellation);
        _clock.Advance(TimeSpan.FromDays(400));

        await ApplyAsync(new());

        Assert.NotEmpty(await NamesAsync(StorageNames.Snapshots, $"{Data}/0123456789ab/"));
        Assert.NotEmpty(await NamesAsync(StorageNames.Reports, $"{Data}/0123456789ab/"));
        Assert.Single(await NamesAsync(StorageNames.Feedback, "m/"));
        Assert.NotNull(await _models.FindVersionAsync("m", Version(0), Cancellation));
    }

    [Fact]
    public async Task Apply_EvaluationsAndTraffic_GoByTheirAgeButForTheNewestOfEachVersion()
    {
        await AddVersionsAsync("m", 1);
        for (var day = 0; day < 40; day++)
        {
            _clock.Advance(TimeSpan.FromDays(1));
            await EvaluationAsync("m", Version(0));
            await _traffic.AddAsync(new("m", Version(0), _clock.GetUtcNow()), new TrafficProfile(), Cancellation);
        }

        await ApplyAsync(new());
        var (evaluations, reports) = (await _evaluations.ListAsync("m", null, 1000, Cancellation), await NamesAsync(StorageNames.Reports, "m/"));
        _clock.Advance(TimeSpan.FromDays(80));
        await ApplyAsync(new());

        Assert.Equal((31, 31 * 3), (evaluations.Count, reports.Count));
        Assert.Single(await _evaluations.ListAsync("m", null, 1000, Cancellation));
        Assert.Equal(11, (await _traffic.ListAsync("m", DateTimeOffset.MinValue.AddDays(1), Cancellation)).Count);
    }

    private async Task<IReadOnlyList<RetentionStep>> ApplyAsync(RetentionOptions options)
    {
        var plan = await PlanAsync(options);
        await new ApplyRetention(Policy(options), Options.Create(options), NullLogger<ApplyRetention>.Instance).RunAsync(null!, Cancellation);
        return plan;
    }

    private Task<IReadOnlyList<RetentionStep>> PlanAsync(RetentionOptions options) => Policy(options).PlanAsync(Cancellation);

    private RetentionPolicy Policy(RetentionOptions options)
    {
        var deletions = new Deletions(_storage, _models, _runs, _datasets, _evaluations, new CorrectionStore(_storage, _clock), _traffic);
        return new(_storage, _models, _runs, _datasets, _evaluations, _traffic, new(_storage, Options.Create(new TrainingLimits()), _clock), deletions, Options.Create(options), _clock);
    }

    /// <summary>Versions with the numbers from 0 on, a minute apart, each with a run, an evaluation, files and a snapshot of its own.</summary>
    private async Task AddVersionsAsync(string model, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var version = Version(i);
            _clock.Advance(TimeSpan.FromMinutes(1));
            await _models.AddVersionAsync(
                new()
                {
                    Model = model,
                    Version = version,
                    RunId = RunId(version),
                    Dataset = Data,
                    DatasetVersion = version,
                    Task = TaskKind.Joint,
                    CreatedAt = _clock.GetUtcNow(),
                },
                Cancellation);
            await _storage.Container(StorageNames.Models).UploadBlobAsync($"{model}/{version}/model.onnx", BinaryData.FromString("weights"), Cancellation);
            await SnapshotAsync(version);
            await EvaluationAsync(model, version);
        }
    }

    private async Task PromoteAsync(string model, int version) => await _models.PromoteAsync(model, Version(version), "test", Cancellation);

    private async Task SnapshotAsync(string version)
    {
        await _storage.Container(StorageNames.Snapshots).UploadBlobAsync($"{Data}/{version}/train.jsonl.gz", BinaryData.FromString(""), Cancellation);
        await _storage.Container(StorageNames.Reports).UploadBlobAsync($"{Data}/{version}/validation.json", BinaryData.FromString("{}"), Cancellation);
    }

    private async Task CheckpointAsync(string model, string version) =>
        await _storage.Container(StorageNames.Models).UploadBlobAsync($"{model}/{version}/checkpoint.tar", BinaryData.FromString(""), Cancellation);

    private async Task EvaluationAsync(string model, string version)
    {
        var place = $"{model}/{version}/evaluation-{_clock.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}";
        await _evaluations.AddAsync(
            new()
            {
                Model = model,
                Version = version,
                At = _clock.GetUtcNow(),
                Role = EvaluatedRole.Production,
                Dataset = Data,
                DatasetVersion = version,
                Metrics = new Dictionary<string, double>(),
                Report = place,
            },
            Cancellation);
        foreach (var extension in new[] { "json", "md", "html" })
        {
            await _storage.Container(StorageNames.Reports).UploadBlobAsync($"{place}.{extension}", BinaryData.FromString(""), Cancellation);
        }
    }

    private async Task<IReadOnlyList<string>> NamesAsync(string container, string prefix) =>
        await _storage.Container(container).GetBlobsAsync(new GetBlobsOptions { Prefix = prefix }, Cancellation).Select(blob => blob.Name).ToListAsync(Cancellation);

    private static string Version(int number) => number.ToString("x12", CultureInfo.InvariantCulture);

    private static string RunId(string version) => version + "0000";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;
}
