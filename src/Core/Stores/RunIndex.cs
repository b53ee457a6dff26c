using Droptune.Core.Runs;
using Droptune.Core.Storage;

namespace Droptune.Core.Stores;

/// <summary>Which runs are listed, newest first.</summary>
/// <param name="Model">Only those of this model.</param>
/// <param name="State">Only those in this state.</param>
/// <param name="After">Only those after this one: the next page.</param>
/// <param name="Limit">How many at most.</param>
public sealed record RunQuery(string? Model = null, RunState? State = null, RunRecord? After = null, int Limit = 100)
{
    /// <summary>Whether a run is one of those, but for their number.</summary>
    public bool Includes(RunRecord run) =>
        (Model is null || run.Model == Model) && (State is null || run.State == State)
        && (After is null || string.CompareOrdinal(RunIndex.Key(run), RunIndex.Key(After)) > 0);
}

/// <summary>
/// The runs in their order, in rows beside theirs: the id of each that is open, and a copy of each that has ended, newest first. So
/// a list reads what it shows, and the watchdog what is open. The run's own row is the truth: an id is there before its run is
/// open, and goes after the copy is there.
/// </summary>
internal sealed class RunIndex(DroptuneStorage storage)
{
    private const string Open = "open";
    private const string Ended = "ended";

    private readonly RecordTable<OpenRun> _open = new(storage.Table(StorageNames.RunsTable));
    private readonly RecordTable<RunRecord> _ended = new(storage.Table(StorageNames.RunsTable));

    /// <summary>A run's place among those that have ended.</summary>
    public static string Key(RunRecord run) => $"{RowKey.NewestFirst(run.QueuedAt)}-{run.RunId}";

    public Task AddOpenAsync(string runId, CancellationToken cancellationToken) =>
        _open.ChangeAsync(Open, runId, known => known ?? new(runId), cancellationToken);

    public async Task AddEndedAsync(RunRecord run, CancellationToken cancellationToken)
    {
        await _ended.ChangeAsync(Ended, Key(run), _ => run with { Curve = null }, cancellationToken);
        await _open.DeleteAsync(Open, run.RunId, when: null, cancellationToken);
    }

    public Task RemoveEndedAsync(RunRecord run, CancellationToken cancellationToken) => _ended.DeleteAsync(Ended, Key(run), when: null, cancellationToken);

    public async Task<IReadOnlyList<string>> OpenAsync(CancellationToken cancellationToken) =>
        await _open.QueryAsync($"PartitionKey eq {Open}", cancellationToken).Select(run => run.RunId).ToListAsync(cancellationToken);

    public async Task<IReadOnlyList<RunRecord>> EndedAsync(RunQuery query, CancellationToken cancellationToken)
    {
        FormattableString[] filters =
        [
            $"PartitionKey eq {Ended}",
            .. query.After is { } after ? [$"RowKey gt {Key(after)}"] : Array.Empty<FormattableString>(),
            .. query.Model is { } model ? [$"model eq {model}"] : Array.Empty<FormattableString>(),
            .. query.State is { } state ? [$"state eq {state.ToString()}"] : Array.Empty<FormattableString>(),
        ];
        return await _ended.FirstAsync(query.Limit, cancellationToken, filters).ToListAsync(cancellationToken);
    }

    /// <summary>The runs that ended and were queued before <paramref name="time"/>.</summary>
    public IAsyncEnumerable<RunRecord> EndedBeforeAsync(DateTimeOffset time, CancellationToken cancellationToken) =>
        _ended.QueryAsync($"PartitionKey eq {Ended} and RowKey gt {RowKey.NewestFirst(time.AddTicks(-1))}", cancellationToken);

    private sealed record OpenRun(string RunId);
}
