using System.Runtime.InteropServices;
using Droptune.Core.Hub;
using Droptune.Core.Terminal;
using Droptune.Functions.Hosting.Local.Demo;
using Droptune.Functions.Hosting.Local.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Configuration;

namespace Droptune.Functions.Hosting.Local;

/// <summary>
/// All of Droptune on this machine: Azurite, the functions and a training worker, until Ctrl+C; with the demo if asked for.
/// Whatever it started ends with it.
/// </summary>
internal sealed class LocalRun(string[] args)
{
    private const string Usage = """
        dotnet run --project src/Functions [-- options]

          --demo            Drop the sample dataset, wait for its model, and show predictions
          --exit            End after the demo; exit code 0 only if every step held
          --no-worker       Start no training worker: none is needed, or one runs elsewhere
          --port 7071       Port of the HTTP functions
          --Storage "…"     Connection string of a storage account; the default is Azurite on this machine
        """;

    private static readonly string[] Options = ["--demo", "--exit", "--no-worker", "--port", "--urls"];

    private readonly bool _isDemo = args.Contains("--demo");
    private readonly bool _exits = args.Contains("--exit");
    private readonly bool _trains = !args.Contains("--no-worker");

    public async Task<int> RunAsync()
    {
        if (args.Intersect(["--help", "-h", "-?"]).Any())
        {
            Console.WriteLine(Usage);
            return 0;
        }

        // Settings begin with a capital: of them, only those that are read can be checked.
        if (Array.Find(args, argument => argument is ['-', '-', >= 'a' and <= 'z', ..] && !Options.Contains(argument.Split('=')[0])) is { } unknown)
        {
            Console.Error.WriteLine($"There is no option '{unknown}': --help lists them.");
            return 1;
        }

        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            return await RunAsync(stop.Token) ? 0 : 1;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return _isDemo && _exits ? 1 : 0;
        }
        catch (LocalSetupException e)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
        catch (Exception e) when (SettingsServices.Problems(e) is { } problems)
        {
            Console.Error.WriteLine(problems);
            return 1;
        }
        catch (FormatException e)
        {
            Console.Error.WriteLine($"The setting {StorageNames.Connection} is no connection string: {e.Message}");
            return 1;
        }
        catch (IOException e) when (DiskSpace.IsExhausted(e))
        {
            Console.Error.WriteLine($"The disk is full: free some space for {RepositoryFolder.Data} and {Path.GetTempPath()}, and start again.");
            return 1;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true; // the process ends when everything it started has
            stop.Cancel();
        }
    }

    private async Task<bool> RunAsync(CancellationToken stop)
    {
        var line = LiveLine.OnConsole();
        await using var host = LocalHost.Build(HostArguments());
        var connection = host.Configuration[StorageNames.Connection] ?? "";
        await using var azurite = await DevelopmentStorage.EnsureAsync(connection, line.Print, stop);
        await StartAsync(host, stop);
        try
        {
            await using var worker = _trains ? WorkerProcess.Start(WorkerSettings(host.Configuration), line.Print) : null;
            var address = host.Urls.First();
            line.Print($"Droptune listens on {address} (state: {address}/api/health); Ctrl+C ends it");
            var held = !_isDemo || await new DemoRun(host.Services, new Uri(address), line).RunAsync(stop);
            if (!_exits)
            {
                await Task.Delay(Timeout.Infinite, stop);
            }

            return held;
        }
        finally
        {
            line.End();
            await host.StopAsync(CancellationToken.None);
        }
    }

    private static async Task StartAsync(WebApplication host, CancellationToken stop)
    {
        try
        {
            await host.StartAsync(stop);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            throw new LocalSetupException(
                $"{host.Configuration["urls"]} is in use, perhaps by another local run: end that program, or choose another port with '-- --port 7072'.", e);
        }
    }

    // The demo tells itself what happens; the logs of host and worker would tell it twice.
    private string[] HostArguments() =>
        [.. args.Where(argument => argument is not ("--demo" or "--exit" or "--no-worker")), .. _isDemo ? ["--Logging:LogLevel:Default=Warning"] : Array.Empty<string>()];

    /// <summary>The worker's environment: the storage account, the hub and the limit as the host has them.</summary>
    private Dictionary<string, string?> WorkerSettings(IConfiguration configuration)
    {
        string[] sections = [StorageNames.Connection, .. HubOptions.Sections];
        var settings = sections.SelectMany(section => configuration.GetSection(section).AsEnumerable())
            .Where(setting => setting.Value is not null)
            .ToDictionary(setting => setting.Key.Replace(":", "__", StringComparison.Ordinal), setting => setting.Value);
        settings[nameof(TrainingLimits.TrainingMinutesPerDay)] = configuration[nameof(TrainingLimits.TrainingMinutesPerDay)] ?? "0";
        settings["Logging__LogLevel__Default"] = _isDemo ? "Warning" : "Information";
        return settings;
    }
}
