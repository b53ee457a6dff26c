using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Logging;

namespace Droptune.TrainingJob.Work;

/// <summary>What a run is to its work: reported on, and one's own until it is lost.</summary>
public interface IRunHold : IProgress<RunProgress>
{
    /// <summary>Cancelled when the work is to end.</summary>
    CancellationToken Work { get; }

    /// <summary>The run was cancelled, or is another worker's by now.</summary>
    bool IsLost { get; }

    /// <summary>Before what nobody can take back: makes sure that the run is still one's own, and from then on it cannot be cancelled.</summary>
    /// <exception cref="OperationCanceledException">It is not.</exception>
    Task ConfirmAsync();
}

/// <summary>
/// A worker's hold on a run while it works: keeps the message hidden, writes heartbeat and progress to the run's record,
/// and cancels the work when the worker is to stop or the run is no longer its own.
/// </summary>
internal sealed class RunLease : IRunHold, IAsyncDisposable
{
    private readonly QueueClient _queue;
    private readonly QueueMessage _message;
    private readonly RunStore _runs;
    private readonly TrainingBudget _budget;
    private readonly RunRecord _run;
    private readonly WorkerOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _work;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _loop;
    private RunProgress? _latest;
    private long _counted;

    public RunLease(
        QueueClient queue, QueueMessage message, RunStore runs, TrainingBudget budget, RunRecord run, WorkerOptions options, TimeProvider clock, ILogger logger,
        CancellationToken stop)
    {
        (_queue, _message, _runs, _budget, _run, _options, _clock, _logger) = (queue, message, runs, budget, run, options, clock, logger);
        PopReceipt = message.PopReceipt;
        _counted = clock.GetTimestamp();
        _work = CancellationTokenSource.CreateLinkedTokenSource(stop);
        _loop = Task.Run(KeepAsync, CancellationToken.None);
    }

    public CancellationToken Work => _work.Token;

    /// <summary>The run was cancelled, or is another worker's by now.</summary>
    public bool IsLost { get; private set; }

    /// <summary>Why the work was ended although it is not done: the day's training minutes are spent. Null when they are not.</summary>
    public string? Exhaustion { get; private set; }

    /// <summary>Needed to delete or show the message; valid once the lease has ended.</summary>
    public string PopReceipt { get; private set; }

    public void Report(RunProgress value)
    {
        if (_latest?.Stage is null or RunStage.Preparing && value is { Machine: { } machine, Stage: > RunStage.Preparing })
        {
            _logger.LogInformation("Run {RunId} runs on {Machine}", _run.RunId, machine);
        }

        if (value.Steps > 0 && (_latest?.Stage != value.Stage || _latest.Steps == 0))
        {
            _logger.LogInformation(
                "Run {RunId}: {Stage} goes on from {Place}{Note}",
                _run.RunId, value.Stage, value.Step == 0 ? "the start" : $"step {value.Step} of {value.Steps}", value.Note is { } note ? $", {note}" : "");
        }

        Measures.Progressed(_run, _latest, value);
        Volatile.Write(ref _latest, value);
    }

    public async Task ConfirmAsync()
    {
        var done = (Volatile.Read(ref _latest) ?? new() { Stage = RunStage.Done }) with { Stage = RunStage.Done };
        if (!await _runs.ReportAsync(_run.RunId, _run.Attempt, done, Work))
        {
            IsLost = true;
            await _work.CancelAsync();
        }

        Volatile.Write(ref _latest, done);
        Work.ThrowIfCancellationRequested();
    }

    /// <summary>Ends the hold; the message stays hidden for what is left of its time.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _loop;
        try
        {
            await CountAsync();
        }
        catch (Exception e) when (e is RequestFailedException || StorageFailure.Is(e))
        {
            _logger.LogWarning("The last seconds of run {RunId} are not counted: {Reason}", _run.RunId, StorageFailure.Reason(e));
        }

        _work.Dispose();
        _ended.Dispose();
    }

    private async Task KeepAsync()
    {
        var renewed = _clock.GetTimestamp();
        using var timer = new PeriodicTimer(_options.ReportEvery, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_ended.Token))
            {
                try
                {
                    if (!await _runs.ReportAsync(_run.RunId, _run.Attempt, Volatile.Read(ref _latest), _ended.Token))
                    {
                        IsLost = true;
                        await _work.CancelAsync();
                        return;
                    }

                    if (_clock.GetElapsedTime(renewed) >= _options.RenewEvery)
                    {
                        // Never cancelled half-way: storage might have changed the receipt that we then would not know.
                        var receipt = await _queue.UpdateMessageAsync(
                            _message.MessageId, PopReceipt, visibilityTimeout: _options.Visibility, cancellationToken: CancellationToken.None);
                        (PopReceipt, renewed) = (receipt.Value.PopReceipt, _clock.GetTimestamp());
                        await CountAsync();
                        if (await _budget.ExhaustionAsync(_ended.Token) is { } exhaustion && Volatile.Read(ref _latest) is not { Stage: >= RunStage.Exporting })
                        {
                            Exhaustion = exhaustion; // what is trained is stored: that takes little more
                            await _work.CancelAsync();
                            return;
                        }
                    }
                }
                catch (Exception e) when (e is RequestFailedException || StorageFailure.Is(e))
                {
                    // The work goes on: storage may be back before anyone else takes the run, and the record decides whose it is.
                    _logger.LogWarning("Run {RunId} could not be reported: {Reason}", _run.RunId, StorageFailure.Reason(e));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The lease has ended.
        }
    }

    /// <summary>Writes down the time since the last count.</summary>
    private async Task CountAsync()
    {
        var now = _clock.GetTimestamp();
        await _budget.AddAsync(_run.RunId, _clock.GetElapsedTime(_counted, now), CancellationToken.None);
        _counted = now;
    }
}
