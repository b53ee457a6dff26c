using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Droptune.Core.Datasets;
using Droptune.Core.Datasets.Gate;
using Droptune.Core.Hub;
using Droptune.Core.Models;
using Droptune.Core.Storage;
using Droptune.Core.Stores;
using Microsoft.Extensions.Configuration;

namespace Droptune.Core.Tests.Stores;

/// <summary>The account's copies of models of the hub: what the gate and the job make of them.</summary>
public sealed class HubModelsTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private const string Copy = "org--bert@" + TestHub.Commit;
    private const string Later = "9999999999999999999999999999999999999999";
    private static readonly HubName Model = new("org/bert", TestHub.Commit);
    private static readonly byte[] Weights = [.. Enumerable.Range(0, 10_000_000).Select(i => (byte)(i * 7 / 3))];
    private static readonly DatasetFile[] Files = [.. new[] { ("train", 6), ("dev", 2), ("test", 2) }.Select(split => File(split.Item1, split.Item2))];

    private readonly string _folder = Directory.CreateTempSubdirectory("droptune hub ").FullName;
    private TestHub _hub = null!;
    private DroptuneStorage _storage = null!;
    private HubClient _client = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private BlobContainerClient Container => _storage.Container(StorageNames.BaseModels);

    private HubModels Models => new(_storage, _client);

    private IEnumerable<TestHub.Request> Downloads => _hub.Requests.Where(request => request.Path.StartsWith("far", StringComparison.Ordinal));

    public async ValueTask InitializeAsync()
    {
        _hub = await TestHub.StartAsync();
        _hub.AddFolder("org/bert", TestData.PathOf("models", "letters-vocabulary")).Files["model.safetensors"] = Weights;
        _hub["org/bert"].Files["README.md"] = "---\nlicense: apache-2.0\n---\n"u8.ToArray();
        _client = new HubClient(new() { Endpoint = _hub.Endpoint }, new HurriedClock());
        _storage = DroptuneStorage.From(new ConfigurationBuilder().AddInMemoryCollection([new(StorageNames.Connection, await azurite.NewAccountAsync())]).Build());
        await _storage.EnsureCreatedAsync(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _hub.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("org/bert")]
    [InlineData("org/bert@main")]
    [InlineData("org/bert@" + TestHub.Commit)]
    [InlineData(Copy)]
    public async Task Gate_ModelOfTheHub_ReadsItsTokenizerAndNamesItsCommit(string name)
    {
        var report = await CheckAsync(name);

        Assert.True(report.Accepted, string.Join("; ", report.Findings.Select(finding => finding.Message)));
        Assert.Empty(report.Findings);
        Assert.Equal($"{Model}", report.ToJobSpec().Base.Name);
        Assert.Equal("pieces", report.Quality.Lengths.Unit);
        Assert.Equal(["README.md", "config.json", "tokenizer_config.json", "vocab.txt"], await StoredAsync());
        Assert.Empty(Downloads);
    }

    [Fact]
    public async Task Gate_ModelThatWasFetchedBefore_IsUsedWithoutTheHub()
    {
        await CheckAsync("org/bert");
        await _hub.DisposeAsync();

        var report = await CheckAsync("org/bert");

        Assert.Equal($"{Model}", report.Base!.Name);
    }

    [Fact]
    public async Task Gate_HubHasANewerCommit_StaysWithTheCopyUnlessItIsAskedForByName()
    {
        await CheckAsync("org/bert");
        _hub["org/bert"].Commit = Later;

        var stays = await CheckAsync("org/bert");
        var goes = await CheckAsync("org/bert@main");

        Assert.Equal(($"org/bert@{TestHub.Commit}", $"org/bert@{Later}"), (stays.Base!.Name, goes.Base!.Name));
    }

    [Theory]
    [InlineData("---\nlicense: cc-by-nc-4.0\n---\n", "has the licence 'cc-by-nc-4.0', which does not allow commercial use")]
    [InlineData("# A model", "states no licence")]
    public async Task Gate_LicenceThatIsNotForEveryUse_IsAWarning(string card, string message)
    {
        _hub["org/bert"].Files["README.md"] = Encoding.UTF8.GetBytes(card);

        var report = await CheckAsync("org/bert");

        var finding = Assert.Single(report.Findings);
        Assert.Equal((true, FindingCode.RestrictedBaseModel, $"'{Model}' {message}."), (report.Accepted, finding.Code, finding.Message));
    }

    [Theory]
    [InlineData("org/missing", "The hub has no model 'org/missing' for us")]
    [InlineData("org/bert@v9", "has no revision 'v9'")]
    [InlineData("org/pickled", "which can hold programs and is not read")]
    [InlineData("org/programmed", "auto_map")]
    public async Task Gate_ModelThatTheHubDoesNotGive_IsAFindingAndLeavesNothing(string name, string message)
    {
        _hub.AddFolder("org/pickled", TestData.PathOf("models", "letters-vocabulary")).Files["pytorch_model.bin"] = [];
        _hub.AddFolder("org/programmed", TestData.PathOf("models", "letters-vocabulary")).Files["model.safetensors"] = [];
        _hub["org/programmed"].Files["config.json"] = """{"auto_map":{}}"""u8.ToArray();

        var report = await CheckAsync(name);

        Assert.False(report.Accepted);
        Assert.Contains(message, Assert.Single(report.Findings, finding => finding.Code == FindingCode.UnusableBaseModel).Message, StringComparison.Ordinal);
        Assert.Empty(await StoredAsync());
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task Gate_HubStaysBusy_IsAFinding(int status)
    {
        _hub.Fail("/api/", status, times: 10);

        var report = await CheckAsync("org/bert");

        Assert.Contains($"answers {status}", Assert.Single(report.Findings).Message, StringComparison.Ordinal);
        Assert.Equal(6, _hub.Requests.Count); // however often the gate looks at the files
    }

    [Fact]
    public async Task Gate_HubIsSwitchedOff_SaysSoAndUsesWhatIsThere()
    {
        await CheckAsync("org/bert");
        using var client = new HubClient(new() { Endpoint = _hub.Endpoint, Hub = new() { Enabled = false } }, new HurriedClock());
        _hub.Requests.Clear();

        var known = await CheckAsync("org/bert", client);
        var other = await CheckAsync("org/other", client);

        Assert.Equal((true, false), (known.Accepted, other.Accepted));
        Assert.Contains("Hub__Enabled", Assert.Single(other.Findings).Message, StringComparison.Ordinal);
        Assert.Empty(_hub.Requests);
    }

    [Fact]
    public async Task Default_AccountThatHoldsACopyOnly_IsTheBuiltInBase()
    {
        await CheckAsync("org/bert");

        var found = await new BaseModels(_storage, Models).DownloadTokenizerAsync(null, _folder, Cancellation);

        Assert.Equal(BaseModel.BuiltIn, found!.Name);
    }

    [Fact]
    public async Task FetchAsync_Weights_AreAddedToTheCopyOfTheGate()
    {
        await CheckAsync("org/bert");

        await FetchAsync("one");
        await FetchAsync("two");

        Assert.Equal(["README.md", "config.json", "model.safetensors", "tokenizer_config.json", "vocab.txt"], await StoredAsync());
        Assert.Single(Downloads);
        Assert.All(["one", "two"], folder => Assert.Equal(Weights, System.IO.File.ReadAllBytes(Path.Combine(_folder, folder, "model.safetensors"))));
    }

    /// <summary>As if on another machine: nothing is left of the first one but what the account holds.</summary>
    [Fact]
    public async Task FetchAsync_WasCancelled_GoesOnWhereItWas()
    {
        _hub.HoldAfter = 9_000_000;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var first = FetchAsync("one", stop.Token);
        await Wait.UntilAsync(async () => (await PartsAsync()).Sum(part => part.Properties.ContentLength) >= 8 << 20);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        _hub.HoldAfter = null;
        var kept = Assert.Single(await PartsAsync()).Properties.ContentLength;

        await FetchAsync("two");

        Assert.Equal($"bytes={kept}-", Downloads.Last().Range);
        Assert.Equal(Weights, await System.IO.File.ReadAllBytesAsync(Path.Combine(_folder, "two", "model.safetensors"), Cancellation));
        Assert.Empty(await PartsAsync());
    }

    [Fact]
    public async Task FetchAsync_TwoWorkersAtOnce_BothHaveIt()
    {
        await Task.WhenAll(FetchAsync("one"), FetchAsync("two"));

        Assert.All(["one", "two"], folder => Assert.Equal(Weights, System.IO.File.ReadAllBytes(Path.Combine(_folder, folder, "model.safetensors"))));
        Assert.Empty(await PartsAsync());
        Assert.Contains("model.safetensors", await StoredAsync());
    }

    [Fact]
    public async Task FetchAsync_PartCameDamaged_IsThrownAway()
    {
        await Container.UploadBlobAsync($"{Copy}/{HubDownload.PartOf(await _client.DescribeAsync(Model, "model.safetensors", Cancellation))}", BinaryData.FromBytes(new byte[5 << 20]), Cancellation);

        var refusal = await Assert.ThrowsAsync<HubException>(() => FetchAsync("one"));

        Assert.True(refusal.IsTransient);
        Assert.Empty(await PartsAsync());
        await FetchAsync("two");
    }

    private async Task<DatasetReport> CheckAsync(string baseModel, HubClient? client = null)
    {
        var baseModels = new BaseModels(_storage, new HubModels(_storage, client ?? _client));
        var manifest = BinaryData.FromObjectAsJson(new { baseModel, training = new { maxLength = 64 }, validation = new { minExamplesPerLabel = 1 } });
        var folder = Directory.CreateTempSubdirectory("droptune gate ");
        try
        {
            return await DatasetGate.CheckAsync(
                "sample",
                [new("dataset.json", manifest.ToMemory().Length, _ => Task.FromResult(manifest.ToStream())), .. Files],
                baseModels: (name, cancellation) => baseModels.DownloadTokenizerAsync(name, folder.FullName, cancellation),
                cancellationToken: Cancellation);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private Task FetchAsync(string folder, CancellationToken? cancellationToken = null) =>
        Models.FetchAsync(Model, Path.Combine(_folder, folder), withWeights: true, cancellationToken ?? Cancellation);

    private async Task<List<string>> StoredAsync() =>
        await Container.GetBlobsAsync(new GetBlobsOptions { Prefix = "org--" }, Cancellation).Select(blob => blob.Name.Split('/')[1]).ToListAsync(Cancellation);

    private async Task<List<BlobItem>> PartsAsync() =>
        await Container.GetBlobsAsync(new GetBlobsOptions { Prefix = "org--" }, Cancellation).Where(blob => HubDownload.IsPart(blob.Name)).ToListAsync(Cancellation);

    private static DatasetFile File(string split, int count)
    {
        var lines = Enumerable.Range(0, count).Select(i => $$"""{"text":"{{split}} number {{(char)('a' + i)}}","label":"{{(i % 2 == 0 ? "even" : "odd")}}"}""");
        var content = Encoding.UTF8.GetBytes(string.Join('\n', lines));
        return new($"{split}.jsonl", content.Length, _ => Task.FromResult<Stream>(new MemoryStream(content)));
    }
}
