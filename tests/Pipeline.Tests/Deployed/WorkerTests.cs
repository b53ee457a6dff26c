using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using Droptune.Core.Storage;
using Droptune.Core.Stores;
using Droptune.Functions.Ingestion;
using Droptune.Pipeline.Tests.Deployed.Rpc;
using Microsoft.Extensions.Configuration;

namespace Droptune.Pipeline.Tests.Deployed;

/// <summary>The published worker: every kind of trigger, failures, and its end with a call in flight.</summary>
public sealed class WorkerTests(AzuriteFixture azurite, PublishedFunctions functions) : IAsyncLifetime
{
    private DroptuneStorage _storage = null!;
    private DatasetStore _datasets = null!;
    private Dictionary<string, string?> _settings = null!;
    private WorkerHost _worker = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await functions.EnsureAsync();
        var connection = await azurite.NewAccountAsync();
        _storage = DroptuneStorage.From(new ConfigurationBuilder().AddInMemoryCollection([new(StorageNames.Connection, connection)]).Build());
        _datasets = new DatasetStore(_storage, TimeProvider.System);
        await _storage.EnsureCreatedAsync(Cancellation);
        _settings = new() { [StorageNames.Connection] = connection, ["QuietPeriod"] = "00:00:00", ["EventDelay"] = "00:00:01" };
        _worker = await StartAsync();
    }

    public ValueTask DisposeAsync() => _worker.DisposeAsync();

    [Fact]
    public async Task Invoke_EveryKindOfTrigger_DoesItsPart()
    {
        await DropAsync("support.conll", examples: 40);

        var ingested = await Platform.TellAsync(_worker, "support.conll");
        var message = (await _storage.Queue(StorageNames.DatasetChanges).ReceiveMessageAsync(cancellationToken: Cancellation)).Value;
        var noted = await FindAsync("support");
        var validated = await _worker.InvokeAsync("ValidateDataset", new() { String = message.Body.ToString() });
        await Platform.TickAsync(_worker, "EvaluateModels");
        using var http = new HttpClient(new WorkerHttp(_worker)) { BaseAddress = new Uri(_worker.HttpAddress, "api/") };
        var dataset = await http.GetFromJsonAsync<JsonElement>("datasets/support", Cancellation);
        using var unknown = await http.GetAsync("datasets/nowhere", Cancellation);
        using var misspelt = await http.GetAsync("runs?limt=1", Cancellation);
        using var foreign = await http.SendAsync(new(HttpMethod.Delete, "datasets/support?confirm=support") { Headers = { { "Sec-Fetch-Site", "cross-site" } } }, Cancellation);

        Assert.Equal((StatusResult.Types.Status.Success, StatusResult.Types.Status.Success), (ingested.Status, validated.Status));
        Assert.Equal(DatasetState.Validating, noted!.State);
        Assert.Equal(("support", "Accepted"), (dataset.Text("dataset"), dataset.Text("state")));
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.Forbidden), (misspelt.StatusCode, foreign.StatusCode));
        Assert.Equal((HttpStatusCode.NotFound, "application/problem+json"), (unknown.StatusCode, unknown.Content.Headers.ContentType?.MediaType));
        Assert.Equal(PublishedFunctions.Read("functions.metadata").EnumerateArray().Select(function => function.Text("name")).Order(), _worker.Functions.Keys.Order());
        Assert.InRange(_worker.InitialisedAfter, TimeSpan.Zero, TimeSpan.FromSeconds(30)); // the platform's patience
    }

    [Fact]
    public async Task Invoke_FunctionThatThrows_FailsWithItsReasonAndTheWorkerGoesOn()
    {
        await DropAsync("support.conll", examples: 40);
        await _storage.Container(StorageNames.Reports).DeleteAsync(cancellationToken: Cancellation);
        var change = JsonSerializer.Serialize(new DatasetChange("support", await _datasets.NoteChangeAsync("support", Cancellation)), DroptuneJson.Compact);

        var failed = await _worker.InvokeAsync("ValidateDataset", new() { String = change });
        var unreadable = await _worker.InvokeAsync("EvaluateModel", new() { String = """{"model":"../x"}""" });

        Assert.Equal((StatusResult.Types.Status.Failure, StatusResult.Types.Status.Success), (failed.Status, unreadable.Status));
        Assert.Contains("container", failed.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("container", (await FindAsync("support"))!.Problem, StringComparison.Ordinal);
        Assert.Single((await _storage.Queue(StorageNames.EvaluationRequests + StorageNames.PoisonSuffix).PeekMessagesAsync(32, Cancellation)).Value);
    }

    /// <summary>An answer that is written piece by piece, by the server of the worker.</summary>
    [Fact]
    public async Task Invoke_DownloadOfAVersion_IsAnArchive()
    {
        const string version = "0123456789ab";
        foreach (var file in Directory.GetFiles(TestData.PathOf("models", "lexicon")))
        {
            await _storage.Container(StorageNames.Models).GetBlobClient(ModelStore.Folder("support", version) + Path.GetFileName(file)).UploadAsync(file, Cancellation);
        }

        await new ModelStore(_storage, TimeProvider.System).AddVersionAsync(
            new() { Model = "support", Version = version, RunId = "0", Dataset = "none", DatasetVersion = "0", Task = TaskKind.Joint, CreatedAt = TimeProvider.System.GetUtcNow() }, Cancellation);
        using var http = new HttpClient(new WorkerHttp(_worker)) { BaseAddress = new Uri(_worker.HttpAddress, "api/") };

        using var archive = new ZipArchive(new MemoryStream(await http.GetByteArrayAsync($"models/support/versions/{version}/zip", Cancellation)));

        Assert.Equal(Directory.GetFiles(TestData.PathOf("models", "lexicon")).Length, archive.Entries.Count);
        Assert.Equal("config.json", archive.Entries[^1].FullName);
    }

    [Fact]
    public async Task Drop_WithoutAnEvent_IsFoundByTheWatchdog()
    {
        await using var platform = new Platform(_worker, _storage, hasEvents: false);
        await DropAsync("silent.conll", examples: 40);
        await Task.Delay(TimeSpan.FromSeconds(2), Cancellation); // longer than an event may take

        Assert.Null(await FindAsync("silent"));
        await Platform.TickAsync(_worker, "Watchdog");
        var found = await App.UntilAsync(async () => await FindAsync("silent") is { State: DatasetState.Accepted } record ? record : null);

        Assert.NotNull(found.RunId);
    }

    /// <summary>What a deployment with <c>Recreate</c> does to what is at work.</summary>
    [Fact]
    public async Task Terminate_ValidationInFlight_IsTriedAgainByTheNextWorker()
    {
        var lease = TimeSpan.FromSeconds(5); // ten minutes in Azure
        await using (var platform = new Platform(_worker, _storage, lease: lease))
        {
            await DropAsync("large.conll", examples: 100_000); // seconds of validation
            await App.UntilAsync(async () => await IsInHandAsync(StorageNames.DatasetChanges) ? "" : null);
            Assert.Equal(0, await _worker.TerminateAsync(Cancellation));
        }

        var between = await FindAsync("large");
        await _worker.DisposeAsync();
        _worker = await StartAsync();
        await using var next = new Platform(_worker, _storage);
        var after = await App.UntilAsync(async () => await FindAsync("large") is { State: not DatasetState.Validating } record ? record : null);

        Assert.Equal((DatasetState.Validating, DatasetState.Accepted), (between!.State, after.State));
    }

    private Task<WorkerHost> StartAsync() => WorkerHost.StartAsync(PublishedFunctions.Folder, _settings, Console.Error.WriteLine, Cancellation);

    private Task<DatasetRecord?> FindAsync(string dataset) => _datasets.FindAsync(dataset, Cancellation);

    private async Task DropAsync(string name, int examples) =>
        await _storage.Container(StorageNames.Datasets).UploadBlobAsync(name, BinaryData.FromString(PaintShop.Conll(PaintShop.Sentences(examples, seed: 1))), Cancellation);

    private async Task<bool> IsInHandAsync(string queue) =>
        (await _storage.Queue(queue).GetPropertiesAsync(Cancellation)).Value.ApproximateMessagesCount > 0
        && (await _storage.Queue(queue).PeekMessagesAsync(1, Cancellation)).Value.Length == 0;
}
