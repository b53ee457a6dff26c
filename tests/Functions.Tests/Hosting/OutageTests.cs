using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using Droptune.Core.Storage;
using Droptune.Core.Stores;
using Droptune.Functions.Hosting.Local;
using Droptune.Functions.Hosting.Local.Processes;
using Droptune.Functions.Ingestion;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Droptune.Functions.Tests.Hosting;

/// <summary>A host whose storage comes later, goes away, and comes back.</summary>
public sealed class OutageTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("outage-").FullName;
    private readonly (int Blob, int Queue, int Table) _ports = (FreePort(), FreePort(), FreePort());
    private const string Account = "outage";
    private const string Key = "ZHJvcHR1bmU="; // Azurite takes any

    private readonly WebApplication _host;
    private readonly HttpClient _http = new();
    private AzuriteProcess? _azurite;

    public OutageTests() => _host = LocalHost.Build(
    [
        "--urls", "http://127.0.0.1:0",
        $"--{StorageNames.Connection}", ConnectionString,
        "--QuietPeriod", "00:00:01",
        "--Serving:Freshness", "00:00:00.2",
        "--Serving:Folder", Path.Combine(_folder, "models"),
        "--AzureWebJobs:extensions:queues:maxPollingInterval", "00:00:00.2",
        "--Logging:LogLevel:Default", "None",
    ]);

    private string ConnectionString =>
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint=http://127.0.0.1:{_ports.Blob}/{Account};"
        + $"QueueEndpoint=http://127.0.0.1:{_ports.Queue}/{Account};TableEndpoint=http://127.0.0.1:{_ports.Table}/{Account}";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Storage_AwayForAWhile_ModelsAnswerAndDropsAreTakenAfterwards()
    {
        await _host.StartAsync(Cancellation);
        _http.BaseAddress = new Uri(_host.Urls.Single() + "/api/");

        using var before = await GetAsync("health");
        await StartStorageAsync();
        await TestModel.AddAsync(_host.Services, "served");
        var healthy = await GetAsync("health").OkAsync();
        var first = await PredictAsync().OkAsync();
        await StopStorageAsync();
        var during = await PredictAsync().OkAsync();
        using var unhealthy = await GetAsync("health");
        var list = await GetAsync("models").ProblemAsync(503, "storage-unavailable");
        await StartStorageAsync();
        await _host.Services.GetRequiredService<DroptuneStorage>().Container(StorageNames.Datasets)
            .GetBlobClient("late.conll").UploadAsync(BinaryData.FromString(Some.Conll(40)), Cancellation);
        var dataset = await Wait.UntilAsync(async () =>
            await _host.Services.GetRequiredService<DatasetStore>().FindAsync("late", Cancellation) is { State: DatasetState.Accepted } record ? record : null);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable), (before.StatusCode, unhealthy.StatusCode));
        var anonymous = await unhealthy.Content.ReadAsStringAsync(Cancellation);
        Assert.All(["127.0.0.1", "Exception", "System.", "/tmp", "Connection refused"], inside => Assert.DoesNotContain(inside, anonymous, StringComparison.Ordinal));
        Assert.Equal("ok", healthy.Text("status"));
        Assert.Equal(first.ToString(), during.ToString());
        Assert.Contains("/api/health", list.Text("detail"), StringComparison.Ordinal);
        Assert.Equal(40, dataset.Counts!.Train + dataset.Counts.Dev + dataset.Counts.Test);
    }

    [Fact]
    public async Task Health_ServedModelDoesNotLoad_NamesIt()
    {
        await StartStorageAsync(startHost: true);
        await TestModel.AddAsync(_host.Services, "whole");
        await TestModel.AddAsync(_host.Services, "broken");
        await _host.Services.GetRequiredService<DroptuneStorage>().Container(StorageNames.Models)
            .GetBlobClient(ModelStore.Folder("broken", TestModel.Version) + ModelFileNames.Config)
            .UploadAsync(BinaryData.FromString("{"), overwrite: true, Cancellation);

        using var response = await GetAsync("health");
        var health = await response.JsonAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(("unavailable", "ok"), (health.Text("status"), health.Text("storage")));
        var problem = Assert.Single(health.GetProperty("models").EnumerateObject());
        Assert.Equal("broken", problem.Name);
        Assert.Equal($"version {TestModel.Version} does not load; the log tells why", problem.Value.GetString());

        var refused = await PredictAsync("broken").ProblemAsync(503, "model-unavailable");
        Assert.Equal("Model 'broken' cannot be loaded; the log tells why under the trace id.", refused.Text("detail"));
        Assert.NotEmpty(refused.Text("traceId")!);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _host.StopAsync();
        await _host.DisposeAsync();
        await StopStorageAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartStorageAsync(bool startHost = false)
    {
        _azurite = await AzuriteProcess.StartAsync(_ports, Path.Combine(_folder, "azurite"), $"{Account}:{Key}", _ => { }, Cancellation);
        if (startHost)
        {
            await _host.StartAsync(Cancellation);
            _http.BaseAddress = new Uri(_host.Urls.Single() + "/api/");
        }

        await Wait.UntilAsync(() => Task.FromResult(_host.Services.GetRequiredService<TriggerHost>().IsRunning ? "" : null));
    }

    private async Task StopStorageAsync()
    {
        if (_azurite is { } azurite)
        {
            _azurite = null;
            await azurite.DisposeAsync();
        }
    }

    private Task<HttpResponseMessage> GetAsync(string path) => _http.GetAsync(path, Cancellation);

    private Task<HttpResponseMessage> PredictAsync(string model = "served") =>
        _http.PostAsync($"models/{model}/predict", JsonContent.Create(new { inputs = "book a flight to Berlin" }), Cancellation);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
