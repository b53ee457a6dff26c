using System.Diagnostics;
using System.Runtime.InteropServices;
using Droptune.Core.Datasets.Gate;
using Droptune.Core.Hub;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Droptune.Functions.Ingestion.Check;

/// <summary>
/// Checks a dataset in a process of its own, which ends at a limit of time or memory. No reader could be trusted to stop by itself: one
/// that goes round in a library cannot be cancelled, and one that runs out of stack or memory takes its process along.
/// </summary>
public sealed class DatasetCheck(IConfiguration configuration, IOptions<CheckOptions> options, TimeProvider clock) : IDisposable
{
    private const int AtOnce = 3;
    private const int KilledForMemory = 137; // by Linux, as a shell tells of it

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim _free = new(AtOnce);

    /// <summary>The report, and in <paramref name="folder"/> the snapshot. Null when the files changed meanwhile.</summary>
    public async Task<DatasetReport?> RunAsync(string dataset, DatasetFiles files, string folder, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        try
        {
            using var process = Process.Start(StartInfo(dataset, files, folder))!;
            try
            {
                return await WatchAsync(process, dataset, files, folder, cancellationToken);
            }
            finally
            {
                process.Kill(entireProcessTree: true); // does nothing to one that has ended
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }
        finally
        {
            _free.Release();
        }
    }

    public void Dispose() => _free.Dispose();

    private async Task<DatasetReport?> WatchAsync(Process process, string dataset, DatasetFiles files, string folder, CancellationToken cancellationToken)
    {
        var reading = new Reading(process, files.Files, options.Value.ProcessorTime);
        var followed = reading.FollowAsync();
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var ended = process.WaitForExitAsync(cancellationToken);
        var started = clock.GetTimestamp();
        while (await Task.WhenAny(ended, Task.Delay(Look, clock, cancellationToken)) != ended)
        {
            var limit = reading.LimitReached()
                ?? (clock.GetElapsedTime(started) > options.Value.Time ? $"The check took more than the {options.Value.Time} that it may take." : null)
                ?? (MemoryOf(process) > options.Value.MemoryBytes ? MemoryLimit : null);
            if (limit is not null)
            {
                return DatasetGate.Ended(dataset, reading.File, FindingCode.LimitReached, limit);
            }
        }

        await ended;
        await followed;
        switch (process.ExitCode)
        {
            case CheckProgram.Done:
                await using (var report = File.OpenRead(Path.Combine(folder, CheckProgram.Report)))
                {
                    return await JsonSerializer.DeserializeAsync<DatasetReport>(report, DroptuneJson.Compact, cancellationToken);
                }

            case CheckProgram.Changed:
                return null;
            case CheckProgram.Failed:
                throw new InvalidOperationException((await error).Trim());
            case CheckProgram.OutOfMemory or KilledForMemory:
                return DatasetGate.Ended(dataset, reading.File, FindingCode.LimitReached, MemoryLimit);
            default:
                return DatasetGate.Ended(dataset, reading.File, FindingCode.UnreadableFile, $"The program that reads it broke off ({process.ExitCode}).");
        }
    }

    private string MemoryLimit => $"The check took more than the {options.Value.MemoryBytes >> 20} MiB of memory that it may take.";

    private static long MemoryOf(Process process)
    {
        process.Refresh();
        return process.HasExited ? 0 : process.WorkingSet64;
    }

    private ProcessStartInfo StartInfo(string dataset, DatasetFiles files, string folder)
    {
        // By the runtime that runs this process, whatever started it: Azure's host does so without "dotnet".
        var dotnet = Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        string[] arguments = [typeof(CheckProgram).Assembly.Location, CheckProgram.Command, dataset, files.Fingerprint, folder];
        var start = new ProcessStartInfo(File.Exists(dotnet) ? Path.GetFullPath(dotnet) : "dotnet", arguments)
        {
            RedirectStandardInput = true, // kept open: its end is how the process learns of the end of this one
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        string[] sections = [StorageNames.Connection, .. HubOptions.Sections];
        foreach (var (name, value) in sections.SelectMany(section => configuration.GetSection(section).AsEnumerable()).Where(setting => setting.Value is not null))
        {
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        // What it leaves when it is ended goes with the folder.
        foreach (var name in new[] { "TMPDIR", "TMP", "TEMP" })
        {
            start.Environment[name] = folder;
        }

        // The heap stays well below the limit, so that garbage is collected before the process is ended for it; hexadecimal.
        start.Environment["DOTNET_GCHeapHardLimit"] = (options.Value.MemoryBytes / 4 * 3).ToString("x", CultureInfo.InvariantCulture);
        start.Environment.Remove("DOTNET_STARTUP_HOOKS"); // Azure's host sets its own
        return start;
    }

    /// <summary>Which file is read, and for how long.</summary>
    private sealed class Reading(Process process, IReadOnlyList<DatasetFile> files, TimeSpan timeByMebibyte)
    {
        private Begun _now = new(null, TimeSpan.Zero);

        public string? File => _now.File;

        public async Task FollowAsync()
        {
            while (await process.StandardOutput.ReadLineAsync() is { } line)
            {
                Volatile.Write(ref _now, new(JsonSerializer.Deserialize<string?>(line), Used()));
            }
        }

        public string? LimitReached()
        {
            var (file, since) = Volatile.Read(ref _now);
            var bytes = files.Where(other => file is null || other.Name == file).Sum(other => other.Length);
            var limit = timeByMebibyte * (1 + (bytes / (double)(1 << 20)));
            return Used() - since <= limit ? null : string.Create(
                CultureInfo.InvariantCulture, $"Reading it took more than the {limit.TotalSeconds:0.###} s of processor time that it may take.");
        }

        private TimeSpan Used()
        {
            process.Refresh();
            return process.HasExited ? TimeSpan.Zero : process.TotalProcessorTime;
        }

        /// <summary>A file (null = none, or all of them) and the processor time that had been used when it was opened.</summary>
        private sealed record Begun(string? File, TimeSpan Since);
    }
}
