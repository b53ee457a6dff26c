using System.Collections.Concurrent;
using Azure.Storage.Blobs;
using Droptune.Core.Inference;
using Droptune.Core.Storage;
using Droptune.Core.Stores;
using Droptune.Functions.Serving;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Droptune.Functions.Tests.Serving;

public sealed class ModelCacheTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("droptune-").FullName;
    private DroptuneStorage _storage = null!;
    private ModelStore _store = null!;
    private BlobContainerClient _container = null!;

    public async ValueTask InitializeAsync()
    {
        var settings = new Dictionary<string, string?> { [StorageNames.Connection] = await azurite.NewAccountAsync() };
        _storage = DroptuneStorage.From(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        await _storage.EnsureCreatedAsync(Token);
        _store = new(_storage, TimeProvider.System);
        _container = _storage.Container(StorageNames.Models);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task RentAsync_UnknownModelOrVersion_GivesNull()
    {
        await AddVersionAsync("v1");
        using var cache = Cache();

        Assert.Null(await cache.RentAsync("nobody", null, Token));
        Assert.Null(await cache.RentAsync("support", "v9", Token));
        Assert.Null(await cache.RentAsync("support", null, Token)); // nothing is in production
    }

    [Fact]
    public async Task RentAsync_Production_PredictsAndLendsOneModelToAll()
    {
        await AddVersionAsync("v1");
        await PromoteAsync("v1");
        using var cache = Cache();

        var leases = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => cache.RentAsync("support", null, Token)));

        Assert.Equal("v1", leases[0]!.Version);
        Assert.All(leases, lease => Assert.Same(leases[0]!.Model, lease!.Model));
        Assert.Equal("book", (await leases[0]!.Model.PredictAsync([PredictInput.OfText("book a flight")], Token))[0].Label!.Name);
    }

    [Fact]
    public async Task RentAsync_PromotionUnderLoad_SwitchesWithoutAFailedRequestAndFreesTheOldVersion()
    {
        await AddVersionAsync("v1");
        await AddVersionAsync("v2");
        await PromoteAsync("v1");
        using var cache = Cache();
        using var old = await cache.RentAsync("support", null, Token);

        var seen = new List<string>();
        for (var request = 0; !seen.Contains("v2"); request++)
        {
            if (request == 3)
            {
                await PromoteAsync("v2");
            }

            using var lease = await cache.RentAsync("support", null, Token);
            await lease!.Model.PredictAsync([PredictInput.OfText("to Berlin")], Token);
            seen.Add(lease.Version);
            await Task.Delay(5, Token);
        }

        Assert.Equal(["v1", "v2"], seen.Distinct());
        await old!.Model.PredictAsync([PredictInput.OfText("still held")], Token);
        old.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => old.Model.PredictAsync([PredictInput.OfText("freed")], Token));
    }

    [Fact]
    public async Task RentAsync_NewVersionDoesNotLoad_OldOneStays()
    {
        await AddVersionAsync("v1");
        await AddVersionAsync("v2");
        await _container.GetBlobClient("support/v2/model.onnx").UploadAsync(new BinaryData("no model"), overwrite: true, Token);
        await PromoteAsync("v1");
        var errors = new Errors();
        using var cache = Cache(logger: errors);
        (await cache.RentAsync("support", null, Token))!.Dispose();

        await PromoteAsync("v2");
        for (var request = 0; errors.All.IsEmpty; request++)
        {
            Assert.True(request < 1000, "the new version was never tried");
            await PredictAsync();
            await Task.Delay(10, Token);
        }

        await PredictAsync();
        Assert.Contains("v1 stays", errors.All.First(), StringComparison.Ordinal);

        async Task PredictAsync()
        {
            using var lease = await cache.RentAsync("support", null, Token);
            Assert.Equal("v1", lease!.Version);
            await lease.Model.PredictAsync([PredictInput.OfText("to Berlin")], Token);
        }
    }

    [Fact]
    public async Task RentAsync_BudgetForOne_FreesTheLeastRecentlyUsedAndLoadsItAgain()
    {
        await AddVersionAsync("v1");
        await AddVersionAsync("v2");
        // The mapped form has packed weights beside the plain ones.
        using var cache = Cache(memory: 2 * new FileInfo(TestData.PathOf("models", "lexicon", "model.onnx")).Length);
        var first = await cache.RentAsync("support", "v1", Token);
        first!.Dispose();
        Assert.Single(await first.Model.PredictAsync([PredictInput.OfText("still in memory")], Token));

        (await cache.RentAsync("support", "v2", Token))!.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => first.Model.PredictAsync([PredictInput.OfText("freed")], Token));
        using var again = await cache.RentAsync("support", "v1", Token);
        Assert.Single(await again!.Model.PredictAsync([PredictInput.OfText("back")], Token));
    }

    [Fact]
    public async Task GetAsync_SecondTime_DownloadsOnlyWhatChanged()
    {
        await AddVersionAsync("v1");
        using var files = Files();
        var folder = await files.GetAsync("support", "v1", Token);
        File.WriteAllText(Path.Combine(folder!, "here-before"), "");

        using var another = Files();
        var same = await another.GetAsync("support", "v1", Token);
        await AddVersionAsync("v1");
        var changed = await files.GetAsync("support", "v1", Token);

        Assert.Equal(folder, same);
        Assert.True(File.Exists(Path.Combine(same!, "here-before")));
        Assert.NotEqual(folder, changed);
        Assert.Equal(
            ["config.json", "model.onnx", "model.onnx.weights", "tokenizer_config.json", "vocab.txt"],
            Directory.GetFiles(changed!).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task GetAsync_DiskIsFull_DeletesTheLeastRecentlyLoadedAlone()
    {
        foreach (var version in new[] { "v1", "v2", "v3" })
        {
            await AddVersionAsync(version);
        }

        using var wide = Files();
        var (first, second) = (await wide.GetAsync("support", "v1", Token), await wide.GetAsync("support", "v2", Token));
        var bytes = Directory.GetFiles(first!).Sum(file => new FileInfo(file).Length);
        await wide.GetAsync("support", "v1", Token); // loaded again: it is no longer the oldest
        using var narrow = Files(disk: Math.Max(1 << 20, (bytes * 5) / 2));
        var filler = Path.Combine(_folder, "another", "old-copy");
        Directory.CreateDirectory(filler);
        await File.WriteAllBytesAsync(Path.Combine(filler, "model.onnx"), new byte[1 << 20], Token);
        Directory.SetLastWriteTimeUtc(filler, DateTime.UnixEpoch);
        Directory.SetLastWriteTimeUtc(second!, DateTime.UnixEpoch.AddDays(1));

        var third = await narrow.GetAsync("support", "v3", Token);

        Assert.Equal((true, true, false), (Directory.Exists(first), Directory.Exists(third), Directory.Exists(filler)));
        Assert.Equal((bytes * 5) / 2 > 1 << 20, !Directory.Exists(second));
        Assert.Empty(Directory.GetDirectories(Path.Combine(_folder, ".partial")).SelectMany(Directory.GetDirectories));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ModelFiles Files(long disk = 1 << 30) => new(_container, new ModelCacheOptions { Folder = _folder, DiskBytes = disk });

    private ModelCache Cache(long memory = 1 << 30, ILogger<ModelCache>? logger = null)
    {
        var options = new ModelCacheOptions { Folder = _folder, MemoryBytes = memory, Freshness = TimeSpan.FromMilliseconds(20) };
        return new(_store, new(_container, options), options, TimeProvider.System, logger ?? NullLogger<ModelCache>.Instance);
    }

    private async Task AddVersionAsync(string version)
    {
        foreach (var file in Directory.GetFiles(TestData.PathOf("models", "lexicon")))
        {
            await _container.GetBlobClient($"support/{version}/{Path.GetFileName(file)}").UploadAsync(file, overwrite: true, Token);
        }

        await _container.GetBlobClient($"support/{version}/model.safetensors").UploadAsync(new BinaryData("large"), overwrite: true, Token);
        await _store.AddVersionAsync(
            new()
            {
                Model = "support",
                Version = version,
                RunId = "run",
                Dataset = "support",
                DatasetVersion = "data",
                Task = TaskKind.Joint,
                CreatedAt = TimeProvider.System.GetUtcNow(),
            },
            Token);
    }

    private async Task PromoteAsync(string version) =>
        Assert.NotNull(await _store.PromoteAsync("support", version, "test", Token));

    /// <summary>What was logged as an error.</summary>
    private sealed class Errors : ILogger<ModelCache>
    {
        public ConcurrentQueue<string> All { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                All.Enqueue(formatter(state, exception));
            }
        }
    }
}
