using Droptune.Core.Text;

namespace Droptune.Core.Inference.Onnx;

/// <summary>The windows of one call, which may run in different batches; <see cref="Completion"/> ends with the last.</summary>
internal sealed class PredictCall
{
    private TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _remaining;

    public PredictCall(IReadOnlyList<WaitingWindow> windows)
    {
        (Windows, _remaining) = (windows, windows.Count);
        foreach (var window in windows)
        {
            window.Call = this;
        }
    }

    public IReadOnlyList<WaitingWindow> Windows { get; }

    public int Pieces => Windows.Sum(w => w.Length);

    /// <summary>Pieces of its windows that wait in a queue.</summary>
    public int WaitingPieces { get; set; }

    public Task Completion => _done.Task;

    /// <summary>Whoever awaits the call goes on on the thread that ran it. To be said before the call is run or awaited.</summary>
    public void GoOnWhereItRan() => _done = new();

    /// <param name="error">Why the window has no answer; null when it has.</param>
    public void WindowDone(Exception? error)
    {
        if (error is not null)
        {
            _done.TrySetException(error);
        }
        else if (Interlocked.Decrement(ref _remaining) == 0)
        {
            _done.TrySetResult();
        }
    }

    public void Cancel(CancellationToken cancellationToken) => _done.TrySetCanceled(cancellationToken);
}

/// <summary>One window of a text: a row of a batch, and where the model's answer to it goes.</summary>
internal sealed class WaitingWindow(TokenizedText text, TextWindow window, float[] unitLogits, float[] textLogits)
{
    public TokenizedText Text => text;

    public TextWindow Window => window;

    /// <summary>Units × tags of the whole text; this window fills the rows of the units it owns.</summary>
    public float[] UnitLogits => unitLogits;

    /// <summary>One a text label, of this window alone.</summary>
    public float[] TextLogits => textLogits;

    /// <summary>Pieces with [CLS] and [SEP].</summary>
    public int Length => window.PieceCount + 2;

    public PredictCall Call { get; set; } = null!;

    /// <summary>Whether it is in a queue, and not dropped from it.</summary>
    public bool IsWaiting { get; set; }
}
