using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Droptune.Core.Jobs;
using Droptune.Core.Runs;
using Droptune.Core.Storage;
using Droptune.Core.Telemetry;

namespace Droptune.Core.Stores;

/// <summary>What became of a worker's wish to begin a run.</summary>
public enum RunStart
{
    /// <summary>The run is the caller's, under the record's attempt number.</summary>
    Started,

    /// <summary>Another worker reports on it.</summary>
    Busy,

    /// <summary>It has ended: nothing is left to do.</summary>
    Over,
}

/// <summary>
/// The runs: queued by content, begun by one worker at a time, reported on, ended. Every call may be repeated; a call of a
/// worker that lost the run changes nothing and says so. With a budget, a run waits while it is spent.
/// </summary>
public sealed class RunStore(DroptuneStorage storage, TimeProvider clock, TrainingBudget? budget = null)
{
    private const string Partition = "run";
    private const int ReadAtOnce = 16;
    private const double NearlyAll = 0.9; // of the memory that a process may have: the next batch may be the one too many
    private const double Half = 0.5;
    private const int LongestError = 4000; // characters; a column holds 32,000

    private static readonly Task<IReadOnlyList<RunRecord>> None = Task.FromResult<IReadOnlyList<RunRecord>>([]);

    private readonly RecordTable<RunRecord> _runs = new(storage.Table(StorageNames.RunsTable));
    private readonly RunIndex _index = new(storage);
    private readonly TableUpgrade _indexing = new(storage.Table(StorageNames.RunsTable), "index");

    public Task<RunRecord?> FindAsync(string runId, CancellationToken cancellationToken) =>
        _runs.FindAsync(Partition, runId, cancellationToken);

    /// <summary>Runs, newest first; of those that have ended no more are read than are asked for.</summary>
    public async Task<IReadOnlyList<RunRecord>> ListAsync(RunQuery query, CancellationToken cancellationToken)
    {
        var (isOpen, isEnded) = (query.State is null or RunState.Queued or RunState.Running, query.State is not (RunState.Queued or RunState.Running));
        await EnsureIndexedAsync(cancellationToken);
        var (open, ended) = (isOpen ? ListedOpenAsync(cancellationToken) : None, isEnded ? _index.EndedAsync(query, cancellationToken) : None); // side by side
        await Task.WhenAll(open, ended);
        return
        [
            .. (await open).Where(query.Includes).Concat(await ended)
                .DistinctBy(run => run.RunId)
                .OrderBy(RunIndex.Key, StringComparer.Ordinal)
                .Take(query.Limit),
        ];
    }

    /// <summary>The runs that wait or run, newest first; nothing else is read.</summary>
    public async Task<IReadOnlyList<RunRecord>> OpenAsync(CancellationToken cancellationToken)
    {
        await EnsureIndexedAsync(cancellationToken);
        return [.. (await ListedOpenAsync(cancellationToken)).Where(IsOpen).OrderBy(RunIndex.Key, StringComparer.Ordinal)];
    }

    /// <summary>The runs that are listed as open, some of which may just have ended.</summary>
    private async Task<IReadOnlyList<RunRecord>> ListedOpenAsync(CancellationToken cancellationToken)
    {
        var runs = new ConcurrentBag<RunRecord>();
        await Parallel.ForEachAsync(await _index.OpenAsync(cancellationToken), AtOnce(cancellationToken), async (runId, cancellation) =>
        {
            var run = await FindAsync(runId, cancellation);
            if (run is null)
            {
                return;
            }

            runs.Add(run);
            if (!IsOpen(run))
            {
                await SettleAsync(run, cancellation); // its worker ended before it could
            }
        });
        return [.. runs];
    }

    /// <summary>The runs that ended and were queued before <paramref name="time"/>, newest first.</summary>
    public async IAsyncEnumerable<RunRecord> EndedBeforeAsync(DateTimeOffset time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await EnsureIndexedAsync(cancellationToken);
        await foreach (var run in _index.EndedBeforeAsync(time, cancellationToken))
        {
            yield return run;
        }
    }

    /// <summary>Deletes the record of a run that has ended; false when it is open. The same spec is then trained anew.</summary>
    public async Task<bool> DeleteAsync(string runId, CancellationToken cancellationToken)
    {
        var run = await FindAsync(runId, cancellationToken);
        if (!await _runs.DeleteAsync(Partition, runId, found => !IsOpen(found), cancellationToken))
        {
            return false;
        }

        if (run is not null)
        {
            await _index.RemoveEndedAsync(run, cancellationToken);
        }

        return true;
    }

    /// <summary>
    /// Records the run and sends its message. A run that is under way or has succeeded stays as it is; one that failed or
    /// was cancelled is queued again. A run that is still queued gets a second message, which does no harm. While the budget is
    /// spent the run waits without a message: one would start a machine for nothing.
    /// </summary>
    public async Task<RunRecord> QueueAsync(JobSpec spec, CancellationToken cancellationToken)
    {
        var runId = RunIds.For(spec);
        var waits = budget is null ? null : await budget.ExhaustionAsync(cancellationToken);
        var run = await OpenAsync(
            runId,
            run => Waiting(run is null or { State: RunState.Failed or RunState.Cancelled } ? Queued(runId, spec, run?.Attempt ?? 0) : run, waits),
            cancellationToken);
        if (run is { State: RunState.Queued, Waits: null })
        {
            await storage.SendAsync(StorageNames.TrainingJobs, run.Spec, cancellationToken: cancellationToken);
        }

        return run!;
    }

    /// <summary>
    /// Lets the run of a message wait if the budget is spent, and says why; null when it may begin. One that is under way, or
    /// over, is not held.
    /// </summary>
    public async Task<string?> HoldAsync(JobSpec spec, CancellationToken cancellationToken)
    {
        if (budget is null || await budget.ExhaustionAsync(cancellationToken) is not { } waits)
        {
            return null;
        }

        var runId = RunIds.For(spec);
        return (await OpenAsync(runId, run => Waiting(run ?? Queued(runId, spec, attempt: 0), waits), cancellationToken))!.Waits;
    }

    /// <summary>
    /// Begins the run of a message, unless it has ended or another worker has reported on it within <paramref name="silence"/>.
    /// A message whose run is not recorded records it.
    /// </summary>
    public async Task<(RunStart Start, RunRecord Run)> StartAsync(JobSpec spec, TimeSpan silence, CancellationToken cancellationToken)
    {
        var runId = RunIds.For(spec);
        var start = RunStart.Over;
        var run = await OpenAsync(
            runId,
            run =>
            {
                run ??= Queued(runId, spec, attempt: 0);
                var now = clock.GetUtcNow();
                start = run.State switch
                {
                    RunState.Queued => RunStart.Started,
                    RunState.Running => now - run.HeartbeatAt < silence ? RunStart.Busy : RunStart.Started,
                    _ => RunStart.Over,
                };
                return start == RunStart.Started
                    ? Lost(run) with { State = RunState.Running, Attempt = run.Attempt + 1, StartedAt = now, HeartbeatAt = now, Progress = null, Waits = null }
                    : run;
            },
            cancellationToken);
        return (start, run!);
    }

    /// <summary>
    /// The worker's sign of life, with progress if there is any (null keeps the last). False: the run was cancelled or is
    /// another worker's by now; stop.
    /// </summary>
    public Task<bool> ReportAsync(string runId, int attempt, RunProgress? progress, CancellationToken cancellationToken) =>
        ChangeOwnAsync(runId, attempt, run => Reported(run, progress) with { HeartbeatAt = clock.GetUtcNow() }, cancellationToken);

    public Task<bool> SucceedAsync(string runId, int attempt, string modelVersion, CancellationToken cancellationToken) =>
        ChangeOwnAsync(
            runId,
            attempt,
            run => run with { State = RunState.Succeeded, FinishedAt = clock.GetUtcNow(), ModelVersion = modelVersion, Error = null },
            cancellationToken);

    public Task<bool> FailAsync(string runId, int attempt, string error, CancellationToken cancellationToken) =>
        ChangeOwnAsync(
            runId,
            attempt,
            run => run with { State = RunState.Failed, FinishedAt = clock.GetUtcNow(), Error = Shortened(error) },
            cancellationToken);

    /// <summary>The attempt failed; the run waits for another one. Sends no message.</summary>
    public Task<bool> RetryAsync(string runId, int attempt, string error, CancellationToken cancellationToken) =>
        ChangeOwnAsync(
            runId,
            attempt,
            run => run with { State = RunState.Queued, StartedAt = null, HeartbeatAt = null, Progress = null, LostAt = null, Error = Shortened(error) },
            cancellationToken);

    /// <summary>The attempt's worker fell silent; the run waits for another one. Sends no message.</summary>
    public Task<bool> LoseAsync(string runId, int attempt, string error, CancellationToken cancellationToken) =>
        ChangeOwnAsync(
            runId,
            attempt,
            run => Lost(run) with { State = RunState.Queued, StartedAt = null, HeartbeatAt = null, Progress = null, Error = Shortened(error) },
            cancellationToken);

    /// <summary>The attempt stops until the budget allows more; its checkpoint is where it goes on. Sends no message.</summary>
    public Task<bool> PauseAsync(string runId, int attempt, string waits, CancellationToken cancellationToken) =>
        ChangeOwnAsync(
            runId,
            attempt,
            run => run with { State = RunState.Queued, StartedAt = null, HeartbeatAt = null, LostAt = null, Waits = waits },
            cancellationToken);

    /// <summary>
    /// Ends a run that waits or runs; its worker stops at its next report. One whose training is done stays, as its model may
    /// be served already. Null when there is no such run.
    /// </summary>
    public Task<RunRecord?> CancelAsync(string runId, CancellationToken cancellationToken) =>
        ChangeAsync(runId, run => run?.Progress is { Stage: RunStage.Done } ? run : Ended(run, RunState.Cancelled, error: null), cancellationToken);

    /// <summary>Fails a run that no worker will take any more, whoever held it. Null when there is no such run.</summary>
    public Task<RunRecord?> AbandonAsync(string runId, string error, CancellationToken cancellationToken) =>
        ChangeAsync(runId, run => Ended(run, RunState.Failed, Shortened(error)), cancellationToken);

    private RunRecord? Ended(RunRecord? run, RunState state, string? error) => run is { State: RunState.Queued or RunState.Running }
        ? run with { State = state, FinishedAt = clock.GetUtcNow(), Error = error ?? run.Error, Waits = null }
        : run;

    /// <summary>
    /// A run that a worker left without a word. The kernel says to nobody that it ended a process for memory: that is assumed where the
    /// training had nearly used it up, or a second worker in a row ended so at the same step or with half of it, and the next one halves its
    /// batches.
    /// </summary>
    private static RunRecord Lost(RunRecord run)
    {
        if (run is not { State: RunState.Running, Progress: { Stage: RunStage.Searching or RunStage.Pretraining or RunStage.Training } progress })
        {
            return run;
        }

        var isForMemory = progress.Memory >= NearlyAll || (run.LostAt is { } before && (progress.Step == before || progress.Memory >= Half));
        return run with { LostAt = progress.Step, Parts = isForMemory ? 2 * Math.Max(run.Parts ?? 1, progress.Parts ?? 1) : run.Parts };
    }

    private static RunRecord Waiting(RunRecord run, string? waits) =>
        run.State == RunState.Queued && run.Waits != waits ? run with { Waits = waits } : run;

    private static ParallelOptions AtOnce(CancellationToken cancellationToken) => new() { MaxDegreeOfParallelism = ReadAtOnce, CancellationToken = cancellationToken };

    private static bool IsOpen(RunRecord? run) => run is { State: RunState.Queued or RunState.Running };

    /// <summary>
    /// A change that may open the run. It is listed as open before, so that it is never open unseen, and again after: who found it
    /// ended meanwhile took it off the list.
    /// </summary>
    private async Task<RunRecord?> OpenAsync(string runId, Func<RunRecord?, RunRecord?> change, CancellationToken cancellationToken)
    {
        await _index.AddOpenAsync(runId, cancellationToken);
        var run = await ChangeAsync(runId, change, cancellationToken);
        if (IsOpen(run))
        {
            await _index.AddOpenAsync(runId, cancellationToken);
        }
        else if (run is not null)
        {
            await SettleAsync(run, cancellationToken);
        }

        return run;
    }

    /// <summary>Lists a run as ended.</summary>
    private async Task SettleAsync(RunRecord ended, CancellationToken cancellationToken)
    {
        await _index.AddEndedAsync(ended, cancellationToken);
        var now = await FindAsync(ended.RunId, cancellationToken);
        if (IsOpen(now))
        {
            await _index.AddOpenAsync(ended.RunId, cancellationToken); // it was queued again meanwhile
            await _index.RemoveEndedAsync(ended, cancellationToken);
        }
    }

    private Task EnsureIndexedAsync(CancellationToken cancellationToken) => _indexing.EnsureAsync(
        () => Parallel.ForEachAsync(
            _runs.QueryAsync($"PartitionKey eq {Partition}", cancellationToken),
            AtOnce(cancellationToken),
            async (run, cancellation) => await (IsOpen(run) ? _index.AddOpenAsync(run.RunId, cancellation) : _index.AddEndedAsync(run, cancellation))),
        cancellationToken);

    // Every change of a run passes here, so that each state it reaches is counted, and each end listed.
    private async Task<RunRecord?> ChangeAsync(string runId, Func<RunRecord?, RunRecord?> change, CancellationToken cancellationToken)
    {
        RunRecord? before = null;
        var after = await _runs.ChangeAsync(Partition, runId, run => change(before = run), cancellationToken);
        if (after is not null)
        {
            Measures.Changed(before, after);
            if (IsOpen(before) && !IsOpen(after))
            {
                await SettleAsync(after, cancellationToken);
            }
            else if (before is not null && !IsOpen(before) && IsOpen(after))
            {
                await _index.RemoveEndedAsync(before, cancellationToken);
            }
        }

        return after;
    }

    private static RunRecord Reported(RunRecord run, RunProgress? progress) => progress is null
        ? run
        : run with { Progress = progress, Curve = RunCurve.Add(run.Curve ?? [], run.Progress, progress) };

    private async Task<bool> ChangeOwnAsync(
        string runId, int attempt, Func<RunRecord, RunRecord> change, CancellationToken cancellationToken)
    {
        var isOwn = false;
        await ChangeAsync(
            runId,
            run =>
            {
                isOwn = run is { State: RunState.Running } && run.Attempt == attempt;
                return isOwn ? change(run!) : run;
            },
            cancellationToken);
        return isOwn;
    }

    private RunRecord Queued(string runId, JobSpec spec, int attempt) => new()
    {
        RunId = runId,
        Model = spec.Model,
        Spec = spec with { RunId = runId },
        State = RunState.Queued,
        Attempt = attempt,
        QueuedAt = clock.GetUtcNow(),
    };

    private static string Shortened(string error) => error.Length <= LongestError ? error : error[..LongestError] + "…";
}
