using System.Diagnostics;

namespace Droptune.Chaos.Product;

/// <summary>A process of the product with its own way to storage. It is started again whenever it ends.</summary>
internal sealed class Part : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource _stop = new();
    private readonly ProcessStartInfo _start;
    private readonly Lock _lock = new();
    private readonly Queue<string> _lines = [];
    private Process? _process;
    private Task _running = Task.CompletedTask;
    private bool _isMeant;
    private volatile bool _isOver; // nothing is started any more

    public Part(string name, StorageTap tap, string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        (Name, Tap) = (name, tap);
        _start = new("dotnet", [program, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (key, value) in environment)
        {
            _start.Environment[key] = value;
        }

        AppDomain.CurrentDomain.ProcessExit += (_, _) => // whatever ends this program
        {
            _isOver = true;
            Kill();
        };
    }

    public string Name { get; }

    public StorageTap Tap { get; }

    /// <summary>Ends that nobody here caused, with the last lines of each.</summary>
    public List<string> Crashes { get; } = [];

    public int Starts { get; private set; }

    /// <summary>Runs before each start, such as to change the next one's environment.</summary>
    public Action<ProcessStartInfo>? Starting { get; set; }

    public void Start() => _running = RunAsync();

    /// <summary>Ends the process as a power cut does.</summary>
    public void Kill()
    {
        lock (_lock)
        {
            _isMeant = true;
            _process?.Kill(entireProcessTree: true);
        }
    }

    public string LastLines(int count)
    {
        lock (_lock)
        {
            return string.Join('\n', _lines.TakeLast(count));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Kill();
        await _running;
        await Tap.DisposeAsync();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_isOver && !_stop.IsCancellationRequested)
        {
            Starting?.Invoke(_start);
            using var process = new Process { StartInfo = _start };
            process.OutputDataReceived += (_, line) => Add(line.Data);
            process.ErrorDataReceived += (_, line) => Add(line.Data);
            lock (_lock)
            {
                process.Start();
                (_process, _isMeant) = (process, false);
                Starts++;
            }

            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            await process.WaitForExitAsync(CancellationToken.None);
            lock (_lock)
            {
                _process = null;
                if (!_isMeant && !_stop.IsCancellationRequested)
                {
                    Crashes.Add($"{Name} ended with exit code {process.ExitCode}: {string.Join(" | ", _lines.TakeLast(5))}");
                }
            }

            await Task.Delay(Pause, CancellationToken.None);
        }
    }

    private void Add(string? line)
    {
        lock (_lock)
        {
            if (line is { Length: > 0 })
            {
                _lines.Enqueue(line);
                if (_lines.Count > 200)
                {
                    _lines.Dequeue();
                }
            }
        }
    }
}
