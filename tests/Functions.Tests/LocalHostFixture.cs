using System.Net.Http.Headers;
using System.Text;
using Droptune.Core.Datasets;
using Droptune.Core.Storage;
using Droptune.Functions.Hosting.Local;
using Droptune.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Droptune.Functions.Tests;

/// <summary>One running local host on an empty storage account; what the tests of a collection put there has names of its own.</summary>
public sealed class LocalHostFixture(AzuriteFixture azurite) : IAsyncLifetime
{
    private WebApplication _host = null!;

    /// <summary>Of the version that <see cref="AddModelAsync"/> adds, unless told otherwise.</summary>
    public const string Version = "0123456789ab";

    /// <summary>What callers of another machine must send.</summary>
    public const string Key = "the-key";

    public string Connection { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    public async ValueTask InitializeAsync()
    {
        Connection = await azurite.NewAccountAsync();
        _host = LocalHost.Build(
        [
            "--urls", "http://127.0.0.1:0",
            $"--{StorageNames.Connection}", Connection,
            "--QuietPeriod", "00:00:01",
            "--FunctionsKey", Key,
            "--Serving:Freshness", "00:00:00.2",
            "--AzureWebJobs:extensions:queues:maxPollingInterval", "00:00:00.2",
            "--AzureWebJobs:extensions:queues:visibilityTimeout", "00:00:00",
            "--Logging:LogLevel:Default", "Warning",
        ]);
        await _host.StartAsync();
        Http = new HttpClient { BaseAddress = new Uri(_host.Urls.Single() + "/api/") };
        await Wait.UntilAsync(() => Task.FromResult(Get<TriggerHost>().IsRunning ? "" : null));
    }

    /// <summary>Stores a version of the test model (a joint one: cities, dates, intents) and, unless told otherwise, serves it.</summary>
    public async Task AddModelAsync(string model, string version = Version, bool isServed = true, string dataset = "none", string datasetVersion = "0")
    {
        foreach (var file in Directory.GetFiles(TestData.PathOf("models", "lexicon")))
        {
            await Get<DroptuneStorage>().Container(StorageNames.Models)
                .GetBlobClient(ModelStore.Folder(model, version) + Path.GetFileName(file))
                .UploadAsync(file, overwrite: true);
        }

        await Get<ModelStore>().AddVersionAsync(
            new ModelVersionRecord
            {
                Model = model,
                Version = version,
                RunId = version + "0000",
                Dataset = dataset,
                DatasetVersion = datasetVersion,
                Task = TaskKind.Joint,
                CreatedAt = TimeProvider.System.GetUtcNow(),
                Metrics = new Dictionary<string, double> { ["dev.f1"] = 0.9 },
            },
            CancellationToken.None);
        if (isServed)
        {
            await Get<ModelStore>().PromoteAsync(model, version, "test", CancellationToken.None);
        }
    }

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
    }
}

/// <summary>The tests that share the running host.</summary>
[CollectionDefinition(nameof(SharedHost))]
public sealed class SharedHost : ICollectionFixture<LocalHostFixture>;
