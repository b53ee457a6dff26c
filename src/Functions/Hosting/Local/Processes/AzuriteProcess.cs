using System.Text.RegularExpressions;

namespace Droptune.Functions.Hosting.Local.Processes;

/// <summary>Azurite, the emulator of Azure Storage, running as a child of this process.</summary>
internal sealed partial class AzuriteProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly string[] Services = ["Blob", "Queue", "Table"];

    private readonly ChildProcess _process;

    private AzuriteProcess(ChildProcess process, IReadOnlyDictionary<string, Uri> addresses)
    {
        _process = process;
        Addresses = addresses;
    }

    /// <summary>Where "Blob", "Queue" and "Table" listen.</summary>
    public IReadOnlyDictionary<string, Uri> Addresses { get; }

    /// <summary>
    /// Starts Azurite, installing it when needed, and returns when it listens. A port of 0 lets the system choose;
    /// without <paramref name="dataFolder"/> the data lives in memory; <paramref name="accounts"/> (<c>name:key;…</c>)
    /// replaces Azurite's well-known account.
    /// </summary>
    public static async Task<AzuriteProcess> StartAsync(
        (int Blob, int Queue, int Table) ports, string? dataFolder, string? accounts, Action<string> report, CancellationToken cancellationToken)
    {
        await AzuriteInstallation.EnsureAsync(report, cancellationToken);
        report("Starting Azurite");
        if (dataFolder is not null)
        {
            Directory.CreateDirectory(dataFolder);
        }

        string[] arguments =
        [
            "start.cjs",
            "--blobPort", $"{ports.Blob}", "--queuePort", $"{ports.Queue}", "--tablePort", $"{ports.Table}",
            .. dataFolder is null ? ["--inMemoryPersistence"] : new[] { "--location", dataFolder },
            // Its access log would drown ours; the storage clients speak a newer API version than it knows by name.
            "--silent", "--skipApiVersionCheck", "--disableTelemetry",
        ];
        var output = new AzuriteOutput();
        var process = StartNode(arguments, new Dictionary<string, string?> { ["AZURITE_ACCOUNTS"] = accounts }, output.Add);
        try
        {
            var exited = process.WaitAsync(cancellationToken);
            var first = await Task.WhenAny(output.Listening, exited).WaitAsync(StartTimeout, cancellationToken);
            return first == output.Listening
                ? new AzuriteProcess(process, await output.Listening)
                : throw new LocalSetupException(Explain(output.Text, ports));
        }
        catch (TimeoutException e)
        {
            process.Kill();
            throw new LocalSetupException($"Azurite did not start within {StartTimeout.TotalSeconds:F0} s ({output.Text})", e);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static ChildProcess StartNode(string[] arguments, Dictionary<string, string?> environment, Action<string> onLine)
    {
        try
        {
            return ChildProcess.Start("node", arguments, environment, AzuriteInstallation.Folder, onLine);
        }
        catch (LocalSetupException e)
        {
            throw new LocalSetupException("Azurite needs Node.js, and 'node' is not in the PATH: install Node.js 20 or later (https://nodejs.org) and start again.", e);
        }
    }

    internal static string Explain(string output, (int Blob, int Queue, int Table) ports) => output switch
    {
        _ when output.Contains("EADDRINUSE", StringComparison.Ordinal) =>
            $"Azurite needs the ports {ports.Blob}, {ports.Queue} and {ports.Table}, and another program listens there ({Shorten(output)}): "
            + "stop it, or set 'Storage' to the connection string of the storage account to use.",
        _ when output.Contains("ENOSPC", StringComparison.Ordinal) =>
            $"Azurite could not start, the disk is full: free some space for {RepositoryFolder.Data} and start again.",
        _ => $"Azurite could not start: {Shorten(output)}",
    };

    private static string Shorten(string output) => output.Length > 300 ? "…" + output[^300..] : output;

    /// <summary>Reads from Azurite's output where each service listens.</summary>
    private sealed partial class AzuriteOutput
    {
        private readonly Dictionary<string, Uri> _addresses = [];
        private readonly List<string> _lines = [];
        private readonly TaskCompletionSource<IReadOnlyDictionary<string, Uri>> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<IReadOnlyDictionary<string, Uri>> Listening => _listening.Task;

        public string Text
        {
            get
            {
                lock (_lines)
                {
                    return string.Join(' ', _lines);
                }
            }
        }

        public void Add(string line)
        {
            lock (_lines)
            {
                if (_listening.Task.IsCompleted)
                {
                    return; // what it says later is of no use, and a long run must not collect it
                }

                _lines.Add(line);
                if (ListeningLine().Match(line) is { Success: true } match)
                {
                    _addresses[match.Groups["service"].Value] = new Uri(match.Groups["address"].Value);
                }

                if (_addresses.Count == Services.Length)
                {
                    _listening.SetResult(_addresses);
                }
            }
        }

        [GeneratedRegex(@"Azurite (?<service>\w+) service is successfully listening at (?<address>\S+)")]
        private static partial Regex ListeningLine();
    }
}
