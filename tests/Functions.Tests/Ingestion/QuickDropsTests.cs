using Droptune.Core.Storage;
using Droptune.Functions.Hosting.Local;
using Droptune.Functions.Ingestion;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Droptune.Functions.Tests.Ingestion;

/// <summary>
/// Files written faster than the blob trigger tells apart: storage knows the time of a change to the second, and the trigger takes
/// only what is newer than the newest file it saw. A fifth of these it never takes.
/// </summary>
[Collection(nameof(Alone))]
public sealed class QuickDropsTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Resolution = TimeSpan.FromMilliseconds(300);
    private const int Count = 220;

    private WebApplication _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = LocalHost.Build(
        [
            "--urls", "http://127.0.0.1:0",
            $"--{StorageNames.Connection}", await azurite.NewAccountAsync(),
            "--QuietPeriod", "1.00:00:00", // nothing is validated: only what is noticed counts
            "--Logging:LogLevel:Default", "Warning",
        ]);
        await _host.StartAsync();
        await Wait.UntilAsync(() => Task.FromResult(_host.Services.GetRequiredService<TriggerHost>().IsRunning ? "" : null));
    }

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Drop_FilesInQuickSuccession_AreAllNoticedInTime()
    {
        var container = _host.Services.GetRequiredService<DroptuneStorage>().Container(StorageNames.Datasets);
        var (dropped, noticed) = (new Dictionary<string, DateTimeOffset>(), new Dictionary<string, DateTimeOffset>());
        var watching = Wait.UntilAsync(async () => await AllNoticedAsync(noticed) ? noticed : null);
        for (var number = 0; number < Count; number++)
        {
            await container.UploadBlobAsync($"quick-{number}.conll", BinaryData.FromString("a O"), Cancellation);
            dropped.Add($"quick-{number}", TimeProvider.System.GetUtcNow());
            await Task.Delay(Apart, Cancellation);
        }

        await watching;

        Assert.All(dropped, drop => Assert.InRange(noticed[drop.Key] - drop.Value, TimeSpan.FromSeconds(-1), Promised));
    }

    /// <summary>Adds the datasets that were not known before, with the time; whether all are.</summary>
    private async Task<bool> AllNoticedAsync(Dictionary<string, DateTimeOffset> noticed)
    {
        await Task.Delay(Resolution, Cancellation);
        foreach (var record in await _host.Services.GetRequiredService<DatasetStore>().ListAsync(Cancellation))
        {
            noticed.TryAdd(record.Dataset, TimeProvider.System.GetUtcNow());
        }

        return noticed.Count == Count;
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;
}
