using System.Net;
using System.Net.Sockets;
using Droptune.Core.Storage;
using Droptune.Core.Stores;
using Droptune.Functions.Hosting.Local.Processes;
using Microsoft.Extensions.Configuration;

namespace Droptune.Chaos.Product;

/// <summary>The product on an empty storage account: emulator, function host and worker, each a process.</summary>
internal sealed class Installation : IAsyncDisposable
{
    private const string Account = "chaos";
    private const string Key = "ZHJvcHR1bmU="; // Azurite takes any

    private readonly AzuriteProcess _azurite;

    private Installation(AzuriteProcess azurite, Part host, Part worker, Uri address, string folder)
    {
        (_azurite, Host, Worker, Folder) = (azurite, host, worker, folder);
        Http = new() { BaseAddress = new Uri(address, "api/"), Timeout = TimeSpan.FromSeconds(30) };
        var endpoints = azurite.Addresses.Select(service => $"{service.Key}Endpoint={new Uri(service.Value, Account)}");
        ConnectionString = $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};{string.Join(';', endpoints)}";
        Storage = DroptuneStorage.From(new ConfigurationBuilder().AddInMemoryCollection([new(StorageNames.Connection, ConnectionString)]).Build());
        Models = new(Storage, TimeProvider.System);
        Runs = new(Storage, TimeProvider.System);
    }

    public Part Host { get; }

    public Part Worker { get; }

    public Part[] Parts => [Host, Worker];

    public HttpClient Http { get; }

    /// <summary>The account itself, which no attack stands before.</summary>
    public DroptuneStorage Storage { get; }

    public string ConnectionString { get; }

    public ModelStore Models { get; }

    public RunStore Runs { get; }

    /// <summary>Where both processes keep their files.</summary>
    public string Folder { get; }

    /// <summary>How long anything may take.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromMinutes(3);

    /// <param name="works">Whether there is a worker.</param>
    /// <param name="place">Where both processes keep their files; null = among temporary files.</param>
    public static async Task<Installation> StartAsync(bool works = true, string? place = null)
    {
        var azurite = await AzuriteProcess.StartAsync((0, 0, 0), dataFolder: null, $"{Account}:{Key}", _ => { }, CancellationToken.None);
        var folder = place ?? Directory.CreateTempSubdirectory("droptune-chaos-").FullName;
        var address = new Uri($"http://127.0.0.1:{FreePort()}/");
        var (hostTap, workerTap) = (await StorageTap.StartAsync(azurite.Addresses, Account, Key), await StorageTap.StartAsync(azurite.Addresses, Account, Key));
        var environment = new Dictionary<string, string> { ["TMPDIR"] = folder, ["Logging__LogLevel__Default"] = "Information" };
        var host = new Part(
            "host", hostTap, Program("Functions"), ["--no-worker", $"--urls={address}", $"--Storage={hostTap.ConnectionString}"],
            new Dictionary<string, string>(environment)
            {
                ["QuietPeriod"] = "00:00:01",
                ["EventDelay"] = "00:00:03",
                ["RunSilence"] = "00:00:30",
                ["FeedbackMinimum"] = "1",
                ["Serving__Freshness"] = "00:00:00.2",
                ["AzureWebJobs__extensions__queues__maxPollingInterval"] = "00:00:00.2",
                ["AzureWebJobs__extensions__queues__visibilityTimeout"] = "00:00:02",
            });
        var worker = new Part(
            "worker", workerTap, Program("TrainingJob"), ["work", "--until-input-ends"],
            new Dictionary<string, string>(environment)
            {
                ["Storage"] = workerTap.ConnectionString,
                ["Worker__Visibility"] = "00:00:05",
                ["Worker__RenewEvery"] = "00:00:01",
                ["Worker__ReportEvery"] = "00:00:00.5",
                ["Worker__Silence"] = "00:00:03",
                ["Worker__PollEvery"] = "00:00:00.2",
                ["Worker__RetryAfter"] = "00:00:02",
                ["Worker__Folder"] = Path.Combine(folder, "worker"),
            });
        var installation = new Installation(azurite, host, worker, address, folder);
        host.Start();
        if (works)
        {
            worker.Start();
        }

        await installation.UntilAsync("the host answers", async () => (await installation.Http.GetAsync("health")).IsSuccessStatusCode);
        return installation;
    }

    /// <summary>Asks again and again; an answer that fails is none yet.</summary>
    public async Task UntilAsync(string what, Func<Task<bool>> ask)
    {
        var (start, last) = (TimeProvider.System.GetTimestamp(), "");
        while (TimeProvider.System.GetElapsedTime(start) < Patience)
        {
            try
            {
                if (await ask())
                {
                    return;
                }
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                last = e.Message; // the host is started again
            }

            await Task.Delay(100);
        }

        throw new FaultException($"Not within its time: {what}. {last}\n{Host.LastLines(8)}\n{Worker.LastLines(8)}");
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Host.DisposeAsync();
        await Worker.DisposeAsync();
        await _azurite.DisposeAsync();
        Directory.GetDirectories(Folder).ToList().ForEach(folder => Directory.Delete(folder, recursive: true)); // not itself: it may be a mount
    }

    private static string Program(string project)
    {
        // Built along with this program, in the same configuration.
        var output = AppContext.BaseDirectory[AppContext.BaseDirectory.LastIndexOf($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal)..];
        return Path.Combine(RepositoryFolder.Path, "src", project) + output + $"Droptune.{project}.dll";
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>The product does not hold what it promises.</summary>
internal sealed class FaultException(string message) : Exception(message);
