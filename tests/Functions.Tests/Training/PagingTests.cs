using System.Diagnostics;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Droptune.Core.Jobs;
using Droptune.Core.Runs;
using Droptune.Core.Storage;
using Droptune.Core.Stores;
using Droptune.Functions.Evaluation;

namespace Droptune.Functions.Tests.Training;

/// <summary>How many rows a list reads of an account with many runs and models.</summary>
public sealed class PagingTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private const int Runs = 2_000;
    private const int Models = 200;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly RowCounter _rows = new();
    private DroptuneStorage _storage = null!;
    private RunStore _runs = null!;
    private ModelStore _models = null!;

    public async ValueTask InitializeAsync()
    {
        var connection = await azurite.NewAccountAsync();
        var counted = new TableClientOptions();
        counted.AddPolicy(_rows, HttpPipelinePosition.PerCall);
        _storage = new(new BlobServiceClient(connection), new QueueServiceClient(connection), new QueueServiceClient(connection), new TableServiceClient(connection, counted), isDeployed: false);
        await _storage.EnsureCreatedAsync(Cancellation);
        _runs = new(_storage, TimeProvider.System);
        _models = new(_storage, TimeProvider.System);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task ListRuns_OfManyByAnEarlierVersion_AreIndexedOnceAndReadAsFarAsTheyAreShown()
    {
        await AddRunsOfAnEarlierVersionAsync();
        var open = await _runs.QueueAsync(Spec("open"), Cancellation);
        await _runs.ListAsync(new(Limit: 1), Cancellation); // makes the index

        var (newest, one) = await CountAsync(() => new RunStore(_storage, TimeProvider.System).ListAsync(new(Limit: 1), Cancellation));
        var (page, hundred) = await CountAsync(() => _runs.ListAsync(new(), Cancellation));
        var (next, further) = await CountAsync(() => _runs.ListAsync(new(After: page[^1]), Cancellation));
        var (watched, few) = await CountAsync(() => _runs.OpenAsync(Cancellation));
        var (failed, ofState) = await CountAsync(() => _runs.ListAsync(new(State: RunState.Failed, Limit: 5), Cancellation));
        var (ofModel, _) = await CountAsync(() => _runs.ListAsync(new(Model: "m-7", Limit: 5), Cancellation));

        Assert.Equal(open.RunId, Assert.Single(newest).RunId);
        Assert.InRange(one, 1, 4); // that the index is made, the open one twice, the newest that ended
        Assert.Equal((100, true), (page.Count, page.Zip(page.Skip(1)).All(pair => pair.First.QueuedAt > pair.Second.QueuedAt)));
        Assert.InRange(hundred, 100, 102);
        Assert.Equal((page[^1].QueuedAt.AddMinutes(-1), 100), (next[0].QueuedAt, next.Count));
        Assert.InRange(further, 100, 102);
        Assert.Equal((open.RunId, 2), (Assert.Single(watched).RunId, few));
        Assert.All(failed, run => Assert.Equal(RunState.Failed, run.State));
        Assert.Equal((5, 5), (failed.Count, ofState));
        Assert.Equal([1997, 1987, 1977, 1967, 1957], ofModel.Select(run => (int)(run.QueuedAt - Start).TotalMinutes));
    }

    [Fact]
    public async Task ListRuns_PageByPage_ShowsEachOnceAndFollowsEveryChange()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(Start);
        var runs = new RunStore(_storage, clock);
        foreach (var name in Enumerable.Range(0, 7).Select(i => $"p-{i}"))
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            var (_, run) = await runs.StartAsync((await runs.QueueAsync(Spec(name), Cancellation)).Spec, TimeSpan.FromMinutes(1), Cancellation);
            await runs.FailAsync(run.RunId, run.Attempt, "no reason", Cancellation);
        }

        clock.Advance(TimeSpan.FromMinutes(1));
        var again = await runs.QueueAsync(Spec("p-2"), Cancellation);
        var cancelled = await runs.CancelAsync((await runs.QueueAsync(Spec("p-4"), Cancellation)).RunId, Cancellation);
        var seen = new List<RunRecord>();
        while (await runs.ListAsync(new(After: seen.LastOrDefault(), Limit: 2), Cancellation) is { Count: > 0 } page)
        {
            seen.AddRange(page);
        }

        await runs.DeleteAsync(cancelled!.RunId, Cancellation);
        var isOpenDeleted = await runs.DeleteAsync(again.RunId, Cancellation);

        Assert.Equal(["p-6", "p-5", "p-3", "p-1", "p-0"], seen.Skip(2).Select(run => run.Model));
        Assert.Equal([("p-2", RunState.Queued), ("p-4", RunState.Cancelled)], seen.Take(2).Select(run => (run.Model, run.State)).Order());
        Assert.False(isOpenDeleted);
        Assert.Equal(["p-2", "p-6", "p-5", "p-3", "p-1", "p-0"], (await runs.ListAsync(new(), Cancellation)).Select(run => run.Model));
        Assert.Equal("p-2", Assert.Single(await runs.OpenAsync(Cancellation)).Model);
    }

    [Fact]
    public async Task ListModels_OfMany_ReadsWhatIsShownNewestFirst()
    {
        await Parallel.ForAsync(0, Models, Cancellation, async (i, cancellation) => await _models.AddVersionAsync(Version($"m-{i}", "0123456789ab", i), cancellation));
        await _models.AddVersionAsync(Version("m-3", "ba9876543210", Models), Cancellation);
        await _models.PageAsync(null, 1, Cancellation); // looks for models of an earlier version

        var (newest, one) = await CountAsync(() => _models.PageAsync(null, 1, Cancellation));
        var (page, twenty) = await CountAsync(() => _models.PageAsync("m-3", 20, Cancellation));

        Assert.Equal(("m-3", 2), (Assert.Single(newest!).Model.Model, newest![0].Versions.Count));
        Assert.Equal(4, one); // the place, the model, two versions
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"m-{Models - 1 - i}"), page!.Select(model => model.Model.Model));
        Assert.Equal(1 + 3 * 20, twenty);
        Assert.Null(await _models.PageAsync("nowhere", 1, Cancellation));
        Assert.Equal(Models, (await _models.PageAsync(null, 1000, Cancellation))!.Select(model => model.Model.Model).Distinct().Count());
    }

    [Fact]
    public async Task ListEvaluations_OfManyModels_ReadsWhatIsShownNewestFirst()
    {
        var evaluations = new EvaluationStore(_storage);
        await Parallel.ForAsync(0, 60, Cancellation, async (i, cancellation) => await evaluations.AddAsync(Evaluation(i), cancellation));
        var table = _storage.Table(StorageNames.EvaluationsTable);
        await foreach (var copy in table.QueryAsync<TableEntity>("PartitionKey lt '0'", cancellationToken: Cancellation))
        {
            await table.DeleteEntityAsync(copy, cancellationToken: Cancellation); // as an earlier version left it
        }

        Assert.Equal(60, (await evaluations.ListAsync(null, null, 1000, Cancellation)).Count); // makes the copies
        await table.DeleteEntityAsync(await table.QueryAsync<TableEntity>("PartitionKey eq '-newest'", maxPerPage: 1, cancellationToken: Cancellation).FirstAsync(Cancellation), cancellationToken: Cancellation);
        await evaluations.AddAsync(Evaluation(63), Cancellation); // of the model whose last one lost its copy

        var (newest, one) = await CountAsync(() => evaluations.ListAsync(null, null, 1, Cancellation));
        var (next, ten) = await CountAsync(() => evaluations.ListAsync(null, newest[0], 10, Cancellation));
        var (ofModel, three) = await CountAsync(() => evaluations.ListAsync("m-3", newest[0], 3, Cancellation));
        var found = await evaluations.FindAsync("m-3", Evaluation(3).Report, Cancellation);
        await evaluations.DeleteAsync(newest[0], Cancellation);

        Assert.Equal((63, 1), (Minute(newest[0]), one));
        Assert.Equal([59, 58, 57, 56, 55, 54, 53, 52, 51, 50], next.Select(Minute));
        Assert.Equal([59, 55, 51], ofModel.Select(Minute));
        Assert.Equal((10, 3), (ten, three));
        Assert.Equal(3, Minute(found!));
        Assert.Equal(59, Minute((await evaluations.ListAsync(null, null, 1, Cancellation))[0]));
    }

    private static int Minute(EvaluationRecord evaluation) => (int)(evaluation.At - Start).TotalMinutes;

    private static EvaluationRecord Evaluation(int minute) => new()
    {
        Model = $"m-{minute % 4}",
        Version = "0123456789ab",
        At = Start.AddMinutes(minute),
        Role = EvaluatedRole.Production,
        Dataset = "d",
        DatasetVersion = "0",
        Metrics = new Dictionary<string, double>(),
        Report = $"m-{minute % 4}/0123456789ab/evaluation-{minute}",
    };

    private async Task<(T Result, int Rows)> CountAsync<T>(Func<Task<T>> call)
    {
        _rows.Count = 0;
        var watch = Stopwatch.StartNew();
        var result = await call();
        TestContext.Current.TestOutputHelper?.WriteLine($"{_rows.Count} rows, {watch.Elapsed.TotalMilliseconds:F1} ms");
        return (result, _rows.Count);
    }

    /// <summary>Rows of the runs alone, as they were before there was an index.</summary>
    private async Task AddRunsOfAnEarlierVersionAsync()
    {
        var table = _storage.Table(StorageNames.RunsTable);
        foreach (var batch in Enumerable.Range(0, Runs).Chunk(100))
        {
            await table.SubmitTransactionAsync(batch.Select(i => new TableTransactionAction(TableTransactionActionType.Add, Row(i))), Cancellation);
        }
    }

    private static TableEntity Row(int i)
    {
        var spec = Spec($"m-{i % 10}") with { Dataset = new("d", $"{i:x12}") };
        return new("run", RunIds.For(spec))
        {
            ["runId"] = RunIds.For(spec),
            ["model"] = spec.Model,
            ["spec"] = JsonSerializer.Serialize(spec, DroptuneJson.Compact),
            ["state"] = i % 4 == 0 ? "Failed" : "Succeeded",
            ["attempt"] = 1,
            ["queuedAt"] = Start.AddMinutes(i).ToString("O", CultureInfo.InvariantCulture),
            ["finishedAt"] = Start.AddMinutes(i + 1).ToString("O", CultureInfo.InvariantCulture),
        };
    }

    private static JobSpec Spec(string model) => new() { Model = model, Dataset = new("d", "0123456789ab") };

    private static ModelVersionRecord Version(string model, string version, int minute) => new()
    {
        Model = model,
        Version = version,
        RunId = version + "0000",
        Dataset = "d",
        DatasetVersion = "0",
        Task = TaskKind.Joint,
        CreatedAt = Start.AddMinutes(minute),
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Counts the rows in what storage answers.</summary>
    private sealed class RowCounter : HttpPipelineSynchronousPolicy
    {
        private int _count;

        public int Count { get => _count; set => _count = value; }

        public override void OnReceivedResponse(HttpMessage message)
        {
            if (message.Request.Method == RequestMethod.Get && message.Response.Status == 200)
            {
                using var answer = JsonDocument.Parse(message.Response.Content);
                Interlocked.Add(ref _count, answer.RootElement.TryGetProperty("value", out var rows) ? rows.GetArrayLength() : 1);
            }
        }
    }
}
