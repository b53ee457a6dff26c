using Droptune.Core.Inference.Onnx;

namespace Droptune.Core.Inference.Batching;

/// <summary>
/// The thread of calls that find nothing running. Who awaits such a call goes on here, and what it asks next runs at once: to
/// wake another thread, and to be woken by it, takes as long as a small model runs.
/// </summary>
internal sealed class LoneThread : IDisposable
{
    private readonly OnnxThread _thread;
    private readonly Action<PredictCall> _run;
    private readonly SemaphoreSlim _wake = new(0);
    private PredictCall? _call; // null: the thread ends
    private int _isTaken;

    public LoneThread(Action<PredictCall> run)
    {
        _run = run;
        _thread = new("inference", Serve);
    }

    /// <summary>Runs a call that is alone, and to which <paramref name="queue"/> gives all cores. False: it has to queue.</summary>
    public bool TryRun(PredictCall call, BatchQueue queue)
    {
        if (_thread.IsCurrent)
        {
            if (!queue.TryStartAlone(call))
            {
                return false;
            }

            _run(call);
            return true;
        }

        if (Interlocked.CompareExchange(ref _isTaken, 1, 0) != 0)
        {
            return false; // somebody goes on there
        }

        if (!queue.TryStartAlone(call))
        {
            Volatile.Write(ref _isTaken, 0);
            return false;
        }

        call.GoOnWhereItRan();
        _call = call;
        _wake.Release();
        return true;
    }

    /// <summary>Ends the thread; nothing runs any more, and nothing new is let in.</summary>
    public void Dispose()
    {
        _call = null;
        _wake.Release();
        _thread.Join();
    }

    private void Serve()
    {
        while (true)
        {
            _wake.Wait();
            if (_call is not { } call)
            {
                return;
            }

            _run(call);
            Volatile.Write(ref _isTaken, 0);
        }
    }
}
