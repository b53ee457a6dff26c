using Droptune.Core.Inference.Onnx;
using Droptune.Core.Telemetry;

namespace Droptune.Core.Inference.Batching;

/// <summary>
/// The threads that run batches, one a core: batches side by side, each on one core, compute more than the same cores in
/// step. They have no work of their own: the pool's threads stay free for requests.
/// </summary>
internal sealed class BatchRunner : IDisposable
{
    // Of the time of a batch, that much may go by until those whom it answered ask again.
    private const int PatienceShare = 10;

    private readonly OnnxSessions _sessions;
    private readonly BatchQueue _queue;
    private readonly OnnxThread[] _threads;
    private readonly LoneThread _lone;
    private double _secondsPerPiece = 1e-4; // a guess until the first run

    public BatchRunner(OnnxSessions sessions, ServingOptions options, int maxLength)
    {
        (_sessions, _queue) = (sessions, new(options, maxLength));
        _threads = [.. Enumerable.Range(0, options.Threads).Select(core => new OnnxThread("inference", () => Run(core)))];
        var workspace = new Workspace();
        _lone = new(call => RunBatch(call.Windows, workspace, core: null));
    }

    /// <summary>Ends when every window of the call has its answer.</summary>
    /// <exception cref="ModelBusyException">Too much is waiting already.</exception>
    public async Task RunAsync(PredictCall call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_lone.TryRun(call, _queue))
        {
            await call.Completion;
            return;
        }

        if (!_queue.TryAdd(call))
        {
            var wait = Volatile.Read(ref _secondsPerPiece) * _queue.WaitingPieces;
            throw new ModelBusyException(TimeSpan.FromSeconds(Math.Max(1, Math.Ceiling(wait))));
        }

        await using var left = cancellationToken.UnsafeRegister(
            _ =>
            {
                _queue.Drop(call);
                call.Cancel(cancellationToken);
            },
            null);
        await call.Completion;
    }

    /// <summary>Lets what waits finish, then ends the threads and the sessions.</summary>
    public void Dispose()
    {
        _queue.Close();
        Array.ForEach(_threads, thread => thread.Join());
        _lone.Dispose();
        _sessions.Dispose();
    }

    private void Run(int core)
    {
        var workspace = new Workspace();
        var batch = new List<WaitingWindow>();
        var patience = TimeSpan.Zero;
        while (_queue.Take(batch, patience, out var isAlone))
        {
            var time = RunBatch(batch, workspace, isAlone ? null : core);
            patience = batch.Count > 1 ? time / PatienceShare : TimeSpan.Zero;
        }
    }

    private TimeSpan RunBatch(IReadOnlyList<WaitingWindow> batch, Workspace workspace, int? core)
    {
        var start = TimeProvider.System.GetTimestamp();
        var pieces = batch.Sum(window => window.Length);
        Exception? error = null;
        try
        {
            _sessions.For(core, pieces).Run(batch, workspace);
        }
        catch (Exception e)
        {
            error = e;
        }

        _queue.Done(pieces);
        var time = TimeProvider.System.GetElapsedTime(start);
        foreach (var window in batch)
        {
            window.Call.WindowDone(error);
        }

        Measures.Batched(batch.Count);
        var seconds = time.TotalSeconds / pieces / _threads.Length;
        Volatile.Write(ref _secondsPerPiece, (0.9 * _secondsPerPiece) + (0.1 * seconds));
        return time;
    }
}

/// <summary>The model has more waiting than it takes on: try again after <see cref="RetryAfter"/>.</summary>
public sealed class ModelBusyException(TimeSpan retryAfter)
    : Exception($"The model is busy; try again in {retryAfter.TotalSeconds:0} s")
{
    public TimeSpan RetryAfter => retryAfter;
}
