namespace Droptune.Functions.Hosting.Local.Processes;

/// <summary>The training worker of a local run: <c>TrainingJob work</c> as a child process, started again when it dies.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private const int Stopped = 0; // by the terminal's Ctrl+C, which reaches it as well
    private const int WrongSettings = 2; // which it has named, and would again

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    private WorkerProcess(string program, IReadOnlyDictionary<string, string?> settings, Action<string> onLine) =>
        _running = RunAsync(program, settings, onLine);

    /// <summary>The process that works now; null while there is none.</summary>
    public int? ProcessId { get; private set; }

    /// <summary>Starts the worker; <paramref name="settings"/> are its environment, <paramref name="onLine"/> gets what it prints.</summary>
    public static WorkerProcess Start(IReadOnlyDictionary<string, string?> settings, Action<string> onLine)
    {
        // Built along with this program, in the same configuration.
        var output = AppContext.BaseDirectory[AppContext.BaseDirectory.LastIndexOf(Path.DirectorySeparatorChar + "bin" + Path.DirectorySeparatorChar, StringComparison.Ordinal)..];
        var program = Path.Combine(RepositoryFolder.Path, "src", "TrainingJob") + output + "Droptune.TrainingJob.dll";
        return File.Exists(program)
            ? new WorkerProcess(program, settings, onLine)
            : throw new LocalSetupException($"The training worker is not built ({program}): run 'dotnet build Serverless.sln'.");
    }

    /// <summary>Lets the worker give its job back, and waits until it has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync(string program, IReadOnlyDictionary<string, string?> settings, Action<string> onLine)
    {
        var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        while (!_stop.IsCancellationRequested)
        {
            await using var process = ChildProcess.Start(
                dotnet, [program, "work", "--until-input-ends"], settings, RepositoryFolder.Path, onLine);
            ProcessId = process.Id;
            try
            {
                var exitCode = await process.WaitAsync(_stop.Token);
                if (exitCode is Stopped or WrongSettings)
                {
                    return;
                }

                onLine($"The training worker ended with exit code {exitCode} and is started again");
                await Task.Delay(Pause, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            finally
            {
                ProcessId = null;
            }
        }
    }
}
