using System.Collections.Concurrent;

namespace Droptune.Core.Inference.Onnx;

/// <summary>
/// A thread that may call ONNX Runtime: nothing else may. An 8-bit model makes the kernel save AMX's tiles in the frame of each
/// signal, which no longer fits .NET's alternate signal stack, and the next null reference that .NET would catch on that
/// thread ends the process instead. So these threads have a larger one; docs/amx.md tells it all.
/// </summary>
internal sealed class OnnxThread
{
    private static readonly BlockingCollection<Action> Calls = [];
    private static readonly Lazy<OnnxThread> Shared = new(() => new("onnx", Serve));

    [ThreadStatic]
    private static bool IsOne;

    private readonly SignalStack? _stack = SignalStack.Create();
    private readonly Thread _thread;

    public OnnxThread(string name, Action run)
    {
        _thread = new(() =>
        {
            _stack?.Use();
            IsOne = true;
            run();
        })
        {
            IsBackground = true,
            Name = name,
        };
        _thread.Start();
    }

    public bool IsCurrent => Thread.CurrentThread == _thread;

    /// <summary>Runs what is neither often nor quick, such as loading a model, on one thread that all share; here, if this is such a thread.</summary>
    public static T Run<T>(Func<T> call)
    {
        if (IsOne)
        {
            return call();
        }

        _ = Shared.Value;
        var done = new TaskCompletionSource<T>();
        Calls.Add(() =>
        {
            try
            {
                done.SetResult(call());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return done.Task.GetAwaiter().GetResult();
    }

    /// <exception cref="InvalidOperationException">This is another thread.</exception>
    public static void Require()
    {
        if (!IsOne)
        {
            throw new InvalidOperationException($"Only an {nameof(OnnxThread)} may run a model.");
        }
    }

    /// <summary>Waits until it has ended, and frees what it had. A thread that ends itself keeps its stack to the last.</summary>
    public void Join()
    {
        if (!IsCurrent)
        {
            _thread.Join();
            _stack?.Free();
        }
    }

    private static void Serve()
    {
        foreach (var call in Calls.GetConsumingEnumerable())
        {
            call();
        }
    }
}
