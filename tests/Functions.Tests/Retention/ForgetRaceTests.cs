using System.IO.Compression;
using Azure.Core;
using Azure.Storage.Blobs.Models;
using Droptune.Core.Forgetting;
using Droptune.Core.Storage;
using Droptune.Functions.Hosting;
using Droptune.Functions.Ingestion;
using Droptune.Functions.Ingestion.Check;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Droptune.Functions.Tests.Retention;

/// <summary>A text that is forgotten after the check of its dataset has looked, and before the verdict.</summary>
public sealed class ForgetRaceTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private const string Text = "Zaphod Beeblebrox wants his towel";

    private readonly Interruption _interruption = new();
    private readonly ScratchSpace _scratch = new();
    private string _connection = null!;
    private DroptuneStorage _storage = null!;
    private DatasetStore _datasets = null!;
    private DatasetCheck _check = null!;
    private DatasetValidation _validation = null!;

    public async ValueTask InitializeAsync()
    {
        var connection = _connection = await azurite.NewAccountAsync();
        _storage = new Interruption().Storage(connection);
        await _storage.EnsureCreatedAsync(Cancellation);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(StorageNames.Connection, connection)]).Build();
        _check = new(configuration, Options.Create(new CheckOptions()), TimeProvider.System);
        _datasets = new(_storage, TimeProvider.System);
        var interrupted = _interruption.Storage(connection);
        _validation = new(
            interrupted, new(interrupted, TimeProvider.System), new(interrupted, TimeProvider.System), new(interrupted, TimeProvider.System), _check, _scratch,
            Options.Create(new PipelineOptions { QuietPeriod = TimeSpan.Zero }), TimeProvider.System, NullLogger<DatasetValidation>.Instance);
    }

    public ValueTask DisposeAsync()
    {
        _check.Dispose();
        _scratch.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("validation.html")]
    [InlineData("validation.json")]
    [InlineData("train.jsonl.gz")]
    [InlineData("test.jsonl.gz")]
    public async Task Validate_ForgottenBeforeSomethingIsStored_LeavesNothingOfItAndStartsAnew(string file)
    {
        await DropAsync("train.jsonl", Lines(Text, Text));
        _interruption.Before(IsPut(file), ForgetAsync);

        var change = await ValidateAsync();

        Assert.Equal(DatasetState.Validating, (await RecordAsync()).State);
        Assert.Empty(await NamesAsync(StorageNames.Snapshots));
        Assert.Empty(await NamesAsync(StorageNames.Reports));
        Assert.Single((await _storage.Queue(StorageNames.DatasetChanges).PeekMessagesAsync(2, Cancellation)).Value);

        await _validation.ValidateAsync(change, Cancellation);

        var record = await RecordAsync();
        Assert.Equal((DatasetState.Accepted, 40), (record.State, record.Counts!.Train + record.Counts.Dev + record.Counts.Test));
        Assert.NotEmpty(await NamesAsync(StorageNames.Snapshots));
        Assert.Empty(await MentioningAsync());
    }

    /// <summary>Of a version that is the newest, or was before.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Validate_VersionThatWasKnown_KeepsItsReportWithoutQuotes(bool isBefore)
    {
        await DropAsync("train.jsonl", Lines(Text, Text));
        await ValidateAsync();
        var known = await RecordAsync();
        if (isBefore)
        {
            await DropAsync("more.jsonl", Lines("something else"));
            await ValidateAsync();
            Assert.NotEqual(known.Version, (await RecordAsync()).Version);
            await _storage.Container(StorageNames.Datasets).DeleteBlobAsync("d/more.jsonl", cancellationToken: Cancellation);
        }

        Assert.NotEmpty(await MentioningAsync(StorageNames.Reports)); // else the test would show nothing
        await DropAsync("train.jsonl", Lines(Text, Text));
        _interruption.Before(IsPut("validation.html"), ForgetAsync);
        var change = await ValidateAsync();

        Assert.Empty(await MentioningAsync(StorageNames.Reports));
        Assert.Equal(known.Version, (await _datasets.ReportAsync(known.Report!, Cancellation))?.Version); // whoever was trained on it needs it

        await _validation.ValidateAsync(change, Cancellation);

        Assert.Empty(await MentioningAsync(StorageNames.Reports));
        Assert.Equal(DatasetState.Accepted, (await RecordAsync()).State);
    }

    /// <summary>Either would store the report as it read it: with what the other took out.</summary>
    [Theory]
    [InlineData("validation.html")]
    [InlineData("validation.json")]
    public async Task Forget_TwoTextsOfAReportAtOnce_BothStayOut(string file)
    {
        const string other = "Arthur Dent is late for his bulldozer";
        await DropAsync("train.jsonl", Lines(Text, Text, other, other));
        await ValidateAsync();
        Assert.NotEmpty(await MentioningAsync(StorageNames.Reports));
        Assert.NotEmpty(await MentioningAsync(StorageNames.Reports, "bulldozer"));
        _interruption.Before(IsPut(file), () => ForgetAsync());

        await ForgetAsync(other, _interruption.Storage(_connection));

        Assert.Empty(await MentioningAsync(StorageNames.Reports));
        Assert.Empty(await MentioningAsync(StorageNames.Reports, "bulldozer"));
    }

    private static Func<Request, bool> IsPut(string file) =>
        request => request.Method == RequestMethod.Put && request.Uri.ToString().Contains($"/{file}", StringComparison.Ordinal);

    /// <summary>Records that differ, and these: a copy is a finding, which quotes it.</summary>
    private static string Lines(params string[] texts) => string.Join(
        '\n', Enumerable.Range(0, 40).Select(i => $"text {i} of {texts[0].Length}").Concat(texts).Select((text, i) => $$"""{"text":"{{text}}","label":"{{(i % 2 == 0 ? "book" : "refund")}}"}"""));

    private Task ForgetAsync() => ForgetAsync(Text, _storage);

    private static Task<ForgettingReport> ForgetAsync(string text, DroptuneStorage storage) =>
        new Forgetter(storage, new(storage, TimeProvider.System), new(storage, TimeProvider.System)).ForgetAsync(text, Cancellation);

    private async Task DropAsync(string file, string content) =>
        await _storage.Container(StorageNames.Datasets).GetBlobClient($"d/{file}").UploadAsync(BinaryData.FromString(content), overwrite: true, Cancellation);

    /// <summary>Validates what was dropped; returns the change that was noted for it.</summary>
    private async Task<DatasetChange> ValidateAsync()
    {
        var change = new DatasetChange("d", await _datasets.NoteChangeAsync("d", Cancellation));
        await _validation.ValidateAsync(change, Cancellation);
        return change;
    }

    private async Task<DatasetRecord> RecordAsync() => (await _datasets.FindAsync("d", Cancellation))!;

    private async Task<List<string>> NamesAsync(string container) =>
        await _storage.Container(container).GetBlobsAsync(new GetBlobsOptions(), Cancellation).Select(blob => blob.Name).ToListAsync(Cancellation);

    /// <summary>What mentions the text, of all reports and snapshots or of one container.</summary>
    private async Task<List<string>> MentioningAsync(string? container = null, string word = "Beeblebrox")
    {
        var mentioning = new List<string>();
        foreach (var one in new[] { StorageNames.Reports, StorageNames.Snapshots }.Where(one => container is null || one == container))
        {
            foreach (var name in await NamesAsync(one))
            {
                await using var content = await _storage.Container(one).GetBlobClient(name).OpenReadAsync(cancellationToken: Cancellation);
                using var text = new StreamReader(name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(content, CompressionMode.Decompress) : content);
                if ((await text.ReadToEndAsync(Cancellation)).Contains(word, StringComparison.OrdinalIgnoreCase))
                {
                    mentioning.Add(name);
                }
            }
        }

        return mentioning;
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;
}
