using System.Diagnostics;
using Droptune.Core.Jobs;
using Droptune.Core.Storage;
using Droptune.Core.Stores;
using Droptune.Functions.Hosting.Local;
using Droptune.Functions.Hosting.Local.Processes;
using Droptune.Functions.Ingestion;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Droptune.Functions.Tests.Hosting;

/// <summary>A host that is killed with messages in hand, and the one that is started after it.</summary>
[Collection(nameof(Alone))]
public sealed class InterruptedWorkTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private const int ManyExamples = 100_000; // seconds of validation

    private string _connection = null!;
    private WebApplication _next = null!;

    public async ValueTask InitializeAsync()
    {
        _connection = await azurite.NewAccountAsync();
        _next = LocalHost.Build(
        [
            "--urls", "http://127.0.0.1:0",
            $"--{StorageNames.Connection}", _connection,
            "--QuietPeriod", "00:00:00",
            "--Logging:LogLevel:Default", "Warning",
        ]);
    }

    public async ValueTask DisposeAsync() => await _next.DisposeAsync();

    [Fact]
    public async Task Kill_HostInValidation_NextOneGoesOnWithinAMinute()
    {
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "Droptune.Functions.dll"), "--no-worker", "--urls", "http://127.0.0.1:0", "--Storage", _connection, "--QuietPeriod", "00:00:00",
        ];
        await using (var host = ChildProcess.Start("dotnet", arguments, new Dictionary<string, string?>(), AppContext.BaseDirectory, _ => { }))
        {
            await Wait.UntilAsync(async () => await Storage.Container(StorageNames.Datasets).ExistsAsync(Cancellation) ? "" : null);
            await DropAsync("small.conll", 40);
            await ConcludedAsync("small");
            await DropAsync("large.conll", ManyExamples);
            await Wait.UntilAsync(async () => await IsInHandAsync(StorageNames.DatasetChanges) ? "" : null);
            host.Kill();
        }

        // As a killed evaluation leaves its message.
        var small = (await FindAsync("small"))!;
        await TestModel.AddAsync(_next.Services, "candidate", isServed: false, dataset: "small", datasetVersion: small.Version!);
        await Storage.SendAsync(StorageNames.EvaluationRequests, new EvaluationRequest("candidate"), cancellationToken: Cancellation);
        await Storage.Queue(StorageNames.EvaluationRequests).ReceiveMessageAsync(TimeSpan.FromMinutes(10), Cancellation);
        var before = await FindAsync("large");

        var watch = Stopwatch.StartNew();
        await _next.StartAsync(Cancellation);
        var after = await ConcludedAsync("large");
        await Wait.UntilAsync(async () =>
            (await _next.Services.GetRequiredService<ModelStore>().FindAsync("candidate", Cancellation))!.Production == TestModel.Version ? "" : null);

        Assert.Equal((DatasetState.Validating, DatasetState.Accepted), (before!.State, after.State));
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    private DroptuneStorage Storage => _next.Services.GetRequiredService<DroptuneStorage>();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private async Task DropAsync(string name, int examples) =>
        await Storage.Container(StorageNames.Datasets).UploadBlobAsync(name, BinaryData.FromString(Some.Conll(examples)), Cancellation);

    private async Task<bool> IsInHandAsync(string queue) =>
        (await Storage.Queue(queue).GetPropertiesAsync(Cancellation)).Value.ApproximateMessagesCount > 0
        && (await Storage.Queue(queue).PeekMessagesAsync(1, Cancellation)).Value.Length == 0;

    private Task<DatasetRecord?> FindAsync(string dataset) => _next.Services.GetRequiredService<DatasetStore>().FindAsync(dataset, Cancellation);

    private Task<DatasetRecord> ConcludedAsync(string dataset) =>
        Wait.UntilAsync(async () => await FindAsync(dataset) is { State: not DatasetState.Validating } record ? record : null);
}
