using Droptune.Core.Inference.Onnx;

namespace Droptune.Core.Inference.Batching;

/// <summary>
/// The windows that wait while batches run; they form the next ones. A batch holds the oldest and those nearest to it in
/// length, and no more than a core's share of what waits and runs: else one core would go on with nearly all callers, and the
/// others with one each. The windows of a long call take their turns as if they came one by one, so that nobody waits for all of it. A
/// batch that is alone has all cores, until others come while it runs: from then on, while anybody is
/// there, batches have one core each and run side by side.
/// </summary>
internal sealed class BatchQueue(ServingOptions options, int maxLength)
{
    private readonly object _gate = new(); // not a Lock: Monitor.Wait needs an object
    private readonly PriorityQueue<WaitingWindow, (long Turn, long Number)>[] _byLength = [.. Enumerable.Range(0, maxLength + 1).Select(_ => new PriorityQueue<WaitingWindow, (long, long)>())];
    private readonly int[] _waitingOf = new int[maxLength + 1]; // a length; its queue may still hold some that were dropped
    private readonly int[] _takenOf = new int[maxLength + 1];
    private long _taken; // pieces so far: the time by which turns are counted
    private long _added; // windows so far
    private int _waiting;
    private int _waitingPieces;
    private int _weight; // of all calls that wait, of which one has half of the room at most
    private int _running; // batches
    private int _runningPieces;
    private Cores _cores;
    private bool _closed;

    private enum Cores
    {
        ForWhoIsAlone, // a batch that finds nothing running and leaves nothing waiting gets all of them
        Taken, // all of them, by one that was alone
        Shared, // others came while it ran: a batch has one of them, until nothing runs or waits
    }

    public int WaitingPieces
    {
        get
        {
            lock (_gate)
            {
                return _waitingPieces;
            }
        }
    }

    /// <summary>
    /// Adds all windows of a call, or none if the queue is full. An empty queue takes a call of any size; whatever its size, others find room
    /// beside it.
    /// </summary>
    public bool TryAdd(PredictCall call)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (_waitingPieces > 0 && _weight + Weight(call.Pieces) > options.MaxWaitingPieces)
            {
                return false;
            }

            var turn = _taken;
            foreach (var window in call.Windows)
            {
                window.IsWaiting = true;
                _byLength[window.Length].Enqueue(window, (turn, _added++));
                Count(window, 1);
                turn += window.Length;
            }

            Monitor.PulseAll(_gate);
            return true;
        }
    }

    /// <summary>Gives all cores to a call of one window that finds nothing running and nothing waiting: it runs at once, unqueued.</summary>
    public bool TryStartAlone(PredictCall call)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (_running > 0 || _waiting > 0 || call.Windows.Count > 1)
            {
                return false;
            }

            (_running, _runningPieces, _cores) = (1, call.Pieces, Cores.Taken);
            return true;
        }
    }

    /// <summary>Drops what still waits of a call whose caller went away.</summary>
    public void Drop(PredictCall call)
    {
        lock (_gate)
        {
            foreach (var window in call.Windows.Where(w => w.IsWaiting))
            {
                window.IsWaiting = false; // its queue lets go of it when it comes to the head, or none of its length wait
                Count(window, -1);
            }

            if (_closed)
            {
                Monitor.PulseAll(_gate); // Close may have waited for just these
            }
        }
    }

    /// <summary>Waits for work and moves the next batch into <paramref name="batch"/>; false once the queue is closed and empty.</summary>
    /// <param name="batch">What ran before; it is replaced.</param>
    /// <param name="patience">
    /// How long to wait, in all, for as many as ran before: their callers, just answered, ask again one by one, and the first
    /// of them alone would make a poor batch.
    /// </param>
    /// <param name="isAlone">Whether the batch has all cores.</param>
    public bool Take(List<WaitingWindow> batch, TimeSpan patience, out bool isAlone)
    {
        lock (_gate)
        {
            WaitFor(batch.Count, patience);
            batch.Clear();
            while (_cores == Cores.Taken || (_waiting == 0 && !_closed))
            {
                Monitor.Wait(_gate);
            }

            isAlone = false;
            if (_waiting == 0)
            {
                return false;
            }

            var share = (_waitingPieces + _runningPieces) / options.Threads;
            _running++;
            _runningPieces += BatchChoice.Choose(_waitingOf, LengthOfOldest(), Math.Min(share, options.BatchPieces), _takenOf);
            MoveTaken(batch);
            isAlone = _cores == Cores.ForWhoIsAlone && _running == 1 && _waiting == 0;
            if (isAlone)
            {
                _cores = Cores.Taken;
            }

            return true;
        }
    }

    /// <summary>The cores of a batch of so many pieces are free again.</summary>
    public void Done(int pieces)
    {
        lock (_gate)
        {
            _running--;
            _runningPieces -= pieces;
            if (_running == 0 && _waiting == 0)
            {
                _cores = Cores.ForWhoIsAlone;
            }
            else if (_cores == Cores.Taken)
            {
                _cores = Cores.Shared;
                Monitor.PulseAll(_gate); // nobody could take those who came meanwhile
            }

            if (_closed)
            {
                Monitor.PulseAll(_gate); // Close and the threads may have waited for this batch
            }
        }
    }

    /// <summary>Takes no more calls, and waits until all that were taken have run.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
            while (_waiting > 0 || _running > 0)
            {
                Monitor.Wait(_gate);
            }
        }
    }

    // Each caller who comes ends a wait; the next is for what is left of the patience.
    private void WaitFor(int windows, TimeSpan patience)
    {
        var (start, left) = (TimeProvider.System.GetTimestamp(), patience);
        while (_waiting < windows && !_closed && left > TimeSpan.Zero && Monitor.Wait(_gate, left))
        {
            left = patience - TimeProvider.System.GetElapsedTime(start);
        }
    }

    private int LengthOfOldest()
    {
        var (oldest, first) = (0, (long.MaxValue, long.MaxValue));
        for (var length = 0; length < _byLength.Length; length++)
        {
            if (_waitingOf[length] > 0 && Head(length).Turn is var turn && turn.CompareTo(first) < 0)
            {
                (oldest, first) = (length, turn);
            }
        }

        return oldest;
    }

    private void MoveTaken(List<WaitingWindow> batch)
    {
        for (var length = 0; length < _takenOf.Length; length++)
        {
            for (var left = _takenOf[length]; left > 0; left--)
            {
                var window = Head(length).Window;
                _byLength[length].Dequeue();
                window.IsWaiting = false;
                _taken += length;
                Count(window, -1);
                batch.Add(window);
            }
        }
    }

    // Of a length of which some wait.
    private (WaitingWindow Window, (long, long) Turn) Head(int length)
    {
        var queue = _byLength[length];
        while (true)
        {
            queue.TryPeek(out var window, out var turn);
            if (window!.IsWaiting)
            {
                return (window, turn);
            }

            queue.Dequeue();
        }
    }

    private void Count(WaitingWindow window, int sign)
    {
        var call = window.Call;
        _weight -= Weight(call.WaitingPieces);
        call.WaitingPieces += sign * window.Length;
        _weight += Weight(call.WaitingPieces);
        _waiting += sign;
        _waitingPieces += sign * window.Length;
        _waitingOf[window.Length] += sign;
        if (_waitingOf[window.Length] == 0)
        {
            _byLength[window.Length].Clear(); // only some that were dropped are left
        }
    }

    private int Weight(int pieces) => Math.Min(pieces, options.MaxWaitingPieces / 2);
}
