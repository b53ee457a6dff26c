using Droptune.Core.Telemetry;

namespace Droptune.Core.Inference;

/// <summary>The thread that runs one batch after the other. It has no work of its own: the pool's threads stay free for requests.</summary>
internal sealed class BatchRunner : IDisposable
{
    private readonly OnnxSession _session;
    private readonly BatchQueue _queue;
    private readonly Thread _thread;
    private double _secondsPerPiece = 1e-4; // a guess until the first run

    public BatchRunner(OnnxSession session, ServingOptions options, int maxLength)
    {
        (_session, _queue) = (session, new(options, maxLength));
        _thread = new(Run) { IsBackground = true, Name = "inference" };
        _thread.Start();
    }

    /// <summary>Ends when every window of the call has its answer.</summary>
    /// <exception cref="ModelBusyException">Too much is waiting already.</exception>
    public async Task RunAsync(PredictCall call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
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

    /// <summary>Lets what waits finish, then ends the thread and the session.</summary>
    public void Dispose()
    {
        _queue.Close();
        _thread.Join();
        _session.Dispose();
    }

    private void Run()
    {
        var workspace = new Workspace();
        var batch = new List<WaitingWindow>();
        while (_queue.Take(batch))
        {
            var start = TimeProvider.System.GetTimestamp();
            try
            {
                _session.Run(batch, workspace);
            }
            catch (Exception error)
            {
                batch.ForEach(window => window.Call.Fail(error));
                continue;
            }

            Measures.Batched(batch.Count);
            batch.ForEach(window => window.Call.WindowDone());
            var seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds / batch.Sum(window => window.Length);
            Volatile.Write(ref _secondsPerPiece, (0.9 * _secondsPerPiece) + (0.1 * seconds));
        }
    }
}
