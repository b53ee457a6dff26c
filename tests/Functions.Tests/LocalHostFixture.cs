using System.Net.Http.Headers;
using Droptune.Core.Inference;
using Droptune.Core.Storage;
using Droptune.Functions.Hosting.Local;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Droptune.Functions.Tests;

/// <summary>One running local host on an empty storage account; what the tests of a collection put there has names of its own.</summary>
public sealed class LocalHostFixture(AzuriteFixture azurite) : IAsyncLifetime
{
    private WebApplication _host = null!;

    /// <summary>What callers of another machine must send.</summary>
    public const string Key = "the-key";

    /// <summary>What callers send who may predict and correct only.</summary>
    public const string CallersKey = "the-callers-key";

    public string Connection { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    /// <summary>Where it gets base models that the account lacks.</summary>
    public TestHub Hub { get; private set; } = null!;

    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    public async ValueTask InitializeAsync()
    {
        Connection = await azurite.NewAccountAsync();
        Hub = await TestHub.StartAsync();
        _host = LocalHost.Build(
        [
            "--urls", "http://127.0.0.1:0",
            $"--{StorageNames.Connection}", Connection,
            "--HF_ENDPOINT", Hub.Endpoint,
            "--QuietPeriod", "00:00:01",
            "--EventDelay", "00:01:00", // the watchdog would tell of a drop a second time
            .. QuietTimers.Settings.Select(setting => $"--{setting.Key}={setting.Value}"),
            "--FunctionsKey", Key,
            "--CallersKey", CallersKey,
            "--Serving:Freshness", "00:00:00.2",
            "--AzureWebJobs:extensions:queues:maxPollingInterval", "00:00:00.2",
            "--AzureWebJobs:extensions:queues:visibilityTimeout", "00:00:00",
            "--Logging:LogLevel:Default", "Warning",
        ]);
        await _host.StartAsync();
        Http = new HttpClient { BaseAddress = new Uri(_host.Urls.Single() + "/api/") };
        await Wait.UntilAsync(() => Task.FromResult(Get<TriggerHost>().IsRunning ? "" : null));
    }

    /// <summary>Stores a version of the test model and, unless told otherwise, serves it.</summary>
    public Task AddModelAsync(string model, string version = TestModel.Version, bool isServed = true, string dataset = "none", string datasetVersion = "0", OutOfFoldAnswers? outOfFold = null) =>
        TestModel.AddAsync(_host.Services, model, version, isServed, dataset, datasetVersion, outOfFold);

    /// <summary>Drops a file into the datasets container.</summary>
    public async Task DropAsync(string name, string content) =>
        await Get<DroptuneStorage>().Container(StorageNames.Datasets).GetBlobClient(name).UploadAsync(BinaryData.FromString(content), overwrite: true);

    public Task<HttpResponseMessage> PostAsync(string path, string json) => PostAsync(path, Encoding.UTF8.GetBytes(json));

    public async Task<HttpResponseMessage> PostAsync(string path, byte[] body, string? contentType = "application/json")
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        return await Http.PostAsync(path, content);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _host.DisposeAsync();
        await Hub.DisposeAsync();
    }
}

/// <summary>The tests of datasets, runs, models and the API, which share a running host.</summary>
[CollectionDefinition(nameof(SharedHost))]
public sealed class SharedHost : ICollectionFixture<LocalHostFixture>;

/// <summary>The tests of what becomes of a model that is served, which share another: both wait more than they compute.</summary>
[CollectionDefinition(nameof(LoopHost))]
public sealed class LoopHost : ICollectionFixture<LocalHostFixture>;
