using System.Diagnostics;
using Droptune.Core.Datasets;
using Droptune.Core.Storage;
using Droptune.Functions.Ingestion;
using Droptune.Functions.Ingestion.Check;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Droptune.Functions.Tests.Ingestion;

/// <summary>The process that checks a dataset ends at its limits, whatever it reads.</summary>
[Collection(nameof(SharedHost))]
public sealed class DatasetCheckTests(LocalHostFixture host) : IDisposable
{
    private const int Many = 10;

    private readonly string _folder = Directory.CreateTempSubdirectory("check-").FullName;

    // Its library would go round in it for ever.
    private static readonly byte[] Damaged =
        [.. "PAR1"u8, .. Enumerable.Repeat((byte)0x19, 4000), .. BitConverter.GetBytes(4000), .. "PAR1"u8];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Drop_DamagedParquet_IsUnreadableAlmostAsSoonAsAGoodFileIsRead()
    {
        var watch = Stopwatch.StartNew();
        await host.DropAsync("c-sound.conll", Some.Conll(40));
        await ConcludedAsync("c-sound");
        var sound = watch.Elapsed;
        await DropAsync("c-damaged/train.parquet", Damaged);

        await ConcludedAsync("c-damaged");
        var dataset = await host.Http.GetAsync("datasets/c-damaged", Cancellation).OkAsync();

        Assert.InRange(watch.Elapsed - sound, TimeSpan.Zero, TimeSpan.FromSeconds(5) + (2 * sound));
        Assert.Contains("unreadable-file", dataset.GetProperty("findings").EnumerateArray().Select(finding => finding.Text("code")));
    }

    [Fact]
    public async Task Drop_GoodDatasetBehindManyDamagedOnes_IsAcceptedWithinAMinute()
    {
        for (var i = 0; i < Many; i++)
        {
            await DropAsync($"c-many{i}/train.parquet", Damaged);
            await NoteAsync($"c-many{i}");
        }

        await host.DropAsync("c-good.conll", Some.Conll(40));
        await NoteAsync("c-good");
        var watch = Stopwatch.StartNew();

        var good = await ConcludedAsync("c-good");

        Assert.Equal(DatasetState.Accepted, good.State);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task RunAsync_TimeIsUp_IsAFindingThatNamesTheFileAndTheLimit()
    {
        await host.DropAsync("c-slow/train.conll", Some.Conll(100_000));

        var report = (await CheckAsync("c-slow", new() { ProcessorTime = TimeSpan.FromMilliseconds(1) }))!;

        var finding = Assert.Single(report.Findings, finding => finding.Code == FindingCode.LimitReached);
        Assert.False(report.Accepted);
        Assert.Contains("of processor time that it may take. Nothing more was looked at.", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_MemoryIsUp_IsAFinding()
    {
        await host.DropAsync("c-large/train.conll", Some.Conll(100_000));

        var report = (await CheckAsync("c-large", new() { MemoryBytes = 1 << 26 }))!;

        var finding = Assert.Single(report.Findings, finding => finding.Code == FindingCode.LimitReached);
        Assert.Contains("64 MiB of memory", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_FilesAreOthersByNow_GivesNull()
    {
        await host.DropAsync("c-changed/train.conll", Some.Conll(10));
        var before = await DatasetFiles.ListAsync(host.Get<DroptuneStorage>(), "c-changed", Cancellation);
        await host.DropAsync("c-changed/train.conll", Some.Conll(11));

        Assert.Null(await host.Get<DatasetCheck>().RunAsync("c-changed", before, _folder, Cancellation));
    }

    private async Task<DatasetReport?> CheckAsync(string dataset, CheckOptions options)
    {
        var files = await DatasetFiles.ListAsync(host.Get<DroptuneStorage>(), dataset, Cancellation);
        var check = new DatasetCheck(host.Get<IConfiguration>(), Options.Create(options), TimeProvider.System);
        return await check.RunAsync(dataset, files, _folder, Cancellation);
    }

    // The blob trigger overlooks some of many files written in one second, and this host's watchdog is slow.
    private Task NoteAsync(string dataset) => host.Get<DatasetIngestion>().NoteAsync(dataset, "a file", Cancellation);

    private async Task DropAsync(string name, byte[] content) => await host.Get<DroptuneStorage>()
        .Container(StorageNames.Datasets).GetBlobClient(name).UploadAsync(BinaryData.FromBytes(content), overwrite: true, Cancellation);

    private Task<DatasetRecord> ConcludedAsync(string dataset) => Wait.UntilAsync(async () =>
        await host.Get<DatasetStore>().FindAsync(dataset, Cancellation) is { State: not DatasetState.Validating } record ? record : null);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;
}
