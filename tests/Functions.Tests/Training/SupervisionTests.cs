using Azure.Storage.Queues.Models;
using Droptune.Core.Jobs;
using Droptune.Core.Runs;
using Droptune.Core.Storage;
using Droptune.Core.Stores;
using Droptune.Functions.Hosting;
using Droptune.Functions.Ingestion;
using Droptune.Functions.Training;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Droptune.Functions.Tests.Training;

public sealed class SupervisionTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private static readonly JobSpec Spec = new() { Model = "support", Dataset = new("support", "0123456789ab") };

    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());
    private readonly WarningCounter _ingestionLog = new();
    private DroptuneStorage _storage = null!;
    private RunStore _runs = null!;
    private DatasetStore _datasets = null!;
    private Supervision _supervision = null!;

    public async ValueTask InitializeAsync()
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new(StorageNames.Connection, await azurite.NewAccountAsync())]).Build();
        var options = Options.Create(new PipelineOptions { QuietPeriod = TimeSpan.Zero });
        _storage = DroptuneStorage.From(settings);
        _runs = new RunStore(_storage, _clock);
        _datasets = new DatasetStore(_storage, _clock);
        var ingestion = new DatasetIngestion(_storage, _datasets, options, _ingestionLog);
        _supervision = new Supervision(_storage, _runs, _datasets, ingestion, options, _clock, NullLogger<Supervision>.Instance);
        await _storage.EnsureCreatedAsync(Cancellation);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Supervise_SilentRun_IsQueuedAgain()
    {
        var run = await StartAsync();
        await TakeAsync(StorageNames.TrainingJobs);

        await SuperviseAfterAsync(TimeSpan.FromMinutes(11));

        var record = (await _runs.FindAsync(run.RunId, Cancellation))!;
        Assert.Equal((RunState.Queued, 1), (record.State, record.Attempt));
        Assert.Contains("silent", record.Error, StringComparison.Ordinal);
        Assert.Equal(run.RunId, (await TakeAsync<JobSpec>(StorageNames.TrainingJobs))!.RunId);
    }

    [Fact]
    public async Task Supervise_RunThatReports_IsLeftAlone()
    {
        var run = await StartAsync();
        _clock.Advance(TimeSpan.FromMinutes(9));
        await _runs.ReportAsync(run.RunId, run.Attempt, progress: null, Cancellation);

        await SuperviseAfterAsync(TimeSpan.FromMinutes(9));

        Assert.Equal(RunState.Running, (await _runs.FindAsync(run.RunId, Cancellation))!.State);
    }

    [Fact]
    public async Task Supervise_RunSilentInItsLastAttempt_Fails()
    {
        var run = await StartAsync();
        for (var attempt = 2; attempt <= 5; attempt++)
        {
            _clock.Advance(TimeSpan.FromMinutes(1));
            (_, run) = await _runs.StartAsync(Spec, silence: TimeSpan.Zero, Cancellation);
        }

        await SuperviseAfterAsync(TimeSpan.FromMinutes(11));

        var record = (await _runs.FindAsync(run.RunId, Cancellation))!;
        Assert.Equal((RunState.Failed, 5), (record.State, record.Attempt));
        Assert.Contains("attempt 5", record.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Supervise_RunThatWaitsForTheNextDay_GetsItsMessageThen()
    {
        var budget = new TrainingBudget(_storage, Options.Create(new TrainingLimits { TrainingMinutesPerDay = 5 }), _clock);
        var runs = new RunStore(_storage, _clock, budget);
        var options = Options.Create(new PipelineOptions());
        var supervision = new Supervision(
            _storage, runs, _datasets, new DatasetIngestion(_storage, _datasets, options, _ingestionLog), options, _clock, NullLogger<Supervision>.Instance);
        await budget.AddAsync("0123456789abcdef", TimeSpan.FromMinutes(5), Cancellation);
        var run = await runs.QueueAsync(Spec, Cancellation);

        await supervision.SuperviseAsync(Cancellation);
        var waiting = await TakeAsync(StorageNames.TrainingJobs);
        _clock.Advance(TimeSpan.FromDays(1));
        await supervision.SuperviseAsync(Cancellation);
        var sent = await TakeAsync<JobSpec>(StorageNames.TrainingJobs);

        Assert.NotNull(run.Waits);
        Assert.Null(waiting);
        Assert.Equal(run.RunId, sent!.RunId);
        Assert.Null((await runs.FindAsync(run.RunId, Cancellation))!.Waits);
    }

    [Fact]
    public async Task Supervise_QueuedRunWithoutMessage_GetsOneAgain()
    {
        await _runs.QueueAsync(Spec, Cancellation);
        await TakeAsync(StorageNames.TrainingJobs);

        await SuperviseAfterAsync(TimeSpan.FromMinutes(11));
        await SuperviseAfterAsync(TimeSpan.FromMinutes(11));

        Assert.NotNull(await TakeAsync(StorageNames.TrainingJobs));
        Assert.Null(await TakeAsync(StorageNames.TrainingJobs));
    }

    [Fact]
    public async Task Supervise_DatasetWithoutMessage_GetsOneAgain()
    {
        await DropAsync("support/train.conll");
        var changeId = await _datasets.NoteChangeAsync("support", Cancellation);

        await SuperviseAfterAsync(TimeSpan.FromMinutes(11));

        Assert.Equal(new DatasetChange("support", changeId), await TakeAsync<DatasetChange>(StorageNames.DatasetChanges));
    }

    [Fact]
    public async Task Supervise_DatasetWhoseValidationKeptFailing_IsGivenUpUntilItChanges()
    {
        await DropAsync("support/train.conll");
        var changeId = await _datasets.NoteChangeAsync("support", Cancellation);
        await _datasets.ConcludeAsync("support", changeId, record => record with { Problem = "The disk is full" }, Cancellation);

        await SuperviseAfterAsync(TimeSpan.FromMinutes(11));
        await SuperviseAfterAsync(TimeSpan.FromMinutes(11));

        var record = (await _datasets.FindAsync("support", Cancellation))!;
        Assert.Equal((DatasetState.Rejected, "The disk is full"), (record.State, record.Problem));
        Assert.Null(await TakeAsync(StorageNames.DatasetChanges));
    }

    [Fact]
    public async Task Supervise_ChangesWithoutEvents_AreNoticed()
    {
        await DropAsync("support/train.conll");
        await DropAsync("Not allowed.conll");

        await SuperviseAfterAsync(TimeSpan.FromMinutes(2));
        await SuperviseAfterAsync(TimeSpan.FromMinutes(2));

        Assert.Equal("support", (await TakeAsync<DatasetChange>(StorageNames.DatasetChanges))!.Dataset);
        Assert.Null(await TakeAsync(StorageNames.DatasetChanges));
        Assert.Equal(DatasetState.Rejected, (await _datasets.FindAsync("Not allowed", Cancellation))!.State);
    }

    [Fact]
    public async Task Supervise_DeletedFile_IsAChange()
    {
        await DropAsync("support/train.conll");
        await DropAsync("support/broken.conll");
        var files = await DatasetFiles.ListAsync(_storage, "support", Cancellation);
        var changeId = await _datasets.NoteChangeAsync("support", Cancellation);
        await _datasets.ConcludeAsync(
            "support", changeId, record => record with { State = DatasetState.Rejected, Fingerprint = files.Fingerprint }, Cancellation);
        await SuperviseAfterAsync(TimeSpan.FromMinutes(2));
        Assert.Null(await TakeAsync(StorageNames.DatasetChanges));

        await _storage.Container(StorageNames.Datasets).DeleteBlobAsync("support/broken.conll", cancellationToken: Cancellation);
        await SuperviseAfterAsync(TimeSpan.FromMinutes(2));

        Assert.Equal("support", (await TakeAsync<DatasetChange>(StorageNames.DatasetChanges))!.Dataset);
    }

    [Fact]
    public async Task Supervise_DatasetDeletedWhileItWasValidated_GetsAMessageAgain()
    {
        var changeId = await _datasets.NoteChangeAsync("support", Cancellation);

        await SuperviseAfterAsync(TimeSpan.FromMinutes(11));

        Assert.Equal(new DatasetChange("support", changeId), await TakeAsync<DatasetChange>(StorageNames.DatasetChanges));
    }

    [Fact]
    public async Task Supervise_AllFilesDeleted_IsAChangeOnce()
    {
        await DropAsync("support/train.conll");
        var files = await DatasetFiles.ListAsync(_storage, "support", Cancellation);
        var changeId = await _datasets.NoteChangeAsync("support", Cancellation);
        await _datasets.ConcludeAsync(
            "support", changeId, record => record with { State = DatasetState.Accepted, Fingerprint = files.Fingerprint }, Cancellation);
        await _storage.Container(StorageNames.Datasets).DeleteBlobAsync("support/train.conll", cancellationToken: Cancellation);

        await SuperviseAfterAsync(TimeSpan.FromMinutes(2));

        var change = (await TakeAsync<DatasetChange>(StorageNames.DatasetChanges))!;
        Assert.Equal("support", change.Dataset);
        files = await DatasetFiles.ListAsync(_storage, "support", Cancellation);
        await _datasets.ConcludeAsync(
            "support", change.ChangeId, record => record with { State = DatasetState.Rejected, Fingerprint = files.Fingerprint }, Cancellation);
        await SuperviseAfterAsync(TimeSpan.FromMinutes(2));
        Assert.Null(await TakeAsync(StorageNames.DatasetChanges));
    }

    [Fact]
    public async Task Supervise_RefusedName_IsNotedOnce()
    {
        await DropAsync("Not allowed.conll");
        await SuperviseAfterAsync(TimeSpan.FromMinutes(2));
        var first = await _datasets.FindAsync("Not allowed", Cancellation);

        await SuperviseAfterAsync(TimeSpan.FromMinutes(2));

        Assert.Equal(first, await _datasets.FindAsync("Not allowed", Cancellation));
        Assert.Equal(1, _ingestionLog.Warnings);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Task SuperviseAfterAsync(TimeSpan time)
    {
        _clock.Advance(time);
        return _supervision.SuperviseAsync(Cancellation);
    }

    private async Task<RunRecord> StartAsync()
    {
        await _runs.QueueAsync(Spec, Cancellation);
        return (await _runs.StartAsync(Spec, silence: TimeSpan.FromMinutes(1), Cancellation)).Run;
    }

    private async Task DropAsync(string name) =>
        await _storage.Container(StorageNames.Datasets).GetBlobClient(name).UploadAsync(BinaryData.FromString(Some.Conll(4)), overwrite: true, Cancellation);

    /// <summary>Takes the next message out of a queue; null when there is none.</summary>
    private async Task<QueueMessage?> TakeAsync(string queue)
    {
        QueueMessage? message = await _storage.Queue(queue).ReceiveMessageAsync(cancellationToken: Cancellation);
        if (message is not null)
        {
            await _storage.Queue(queue).DeleteMessageAsync(message.MessageId, message.PopReceipt, Cancellation);
        }

        return message;
    }

    private async Task<T?> TakeAsync<T>(string queue)
        where T : class => (await TakeAsync(queue))?.Body.ToObjectFromJson<T>(DroptuneJson.Compact);

    private sealed class WarningCounter : ILogger<DatasetIngestion>
    {
        public int Warnings { get; private set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Warnings += logLevel == LogLevel.Warning ? 1 : 0;
    }
}
