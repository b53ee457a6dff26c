using System.Net.Http.Json;
using Droptune.Core.Storage;
using Droptune.Functions.Hosting.Local.Processes;
using Droptune.Pipeline.Tests.Telemetry;
using Microsoft.Extensions.Configuration;

namespace Droptune.Pipeline.Tests;

/// <summary>The whole product on a storage account of its own, with one of the two hosts of the functions; the training worker in its own process.</summary>
public abstract class App(AzuriteFixture azurite) : IAsyncLifetime
{
    // Far beyond what is ever needed: only a failing test waits so long.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private WorkerProcess? _worker;

    public HttpClient Http { get; private set; } = null!;

    /// <summary>The account's connection string.</summary>
    public string Connection { get; private set; } = null!;

    /// <summary>What both processes export.</summary>
    public OtlpReceiver Telemetry { get; private set; } = null!;

    public DroptuneStorage Storage { get; private set; } = null!;

    /// <summary>The worker's process; null while it is started again.</summary>
    public int? WorkerId => _worker?.ProcessId;

    public virtual async ValueTask InitializeAsync()
    {
        Connection = await azurite.NewAccountAsync();
        Storage = DroptuneStorage.From(new ConfigurationBuilder().AddInMemoryCollection([new(StorageNames.Connection, Connection)]).Build());
        await PrepareAsync();
        Telemetry = await OtlpReceiver.StartAsync();
        Http = await StartFunctionsAsync(new Dictionary<string, string?>([.. Telemetry.Settings, .. QuietTimers.Settings])
        {
            [StorageNames.Connection] = Connection,
            ["QuietPeriod"] = "00:00:01",
            ["Logging:LogLevel:Default"] = "Warning",
        });
        _worker = WorkerProcess.Start(
            new Dictionary<string, string?>(Telemetry.Settings)
            {
                [StorageNames.Connection] = Connection,
                ["Worker__Visibility"] = "00:00:05", // how soon a killed worker's job is taken up again
                ["Worker__RenewEvery"] = "00:00:01",
                ["Worker__ReportEvery"] = "00:00:00.3",
                ["Worker__Silence"] = "00:00:03",
                ["Logging__LogLevel__Default"] = "Warning",
            },
            Console.Error.WriteLine);
    }

    public virtual async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        await StopFunctionsAsync();
        await StopWorkerAsync();
        await Telemetry.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts the functions; returns who speaks to their API.</summary>
    protected abstract Task<HttpClient> StartFunctionsAsync(IReadOnlyDictionary<string, string?> settings);

    protected abstract Task StopFunctionsAsync();

    /// <summary>Ends the worker, and starts none in its place.</summary>
    public async Task StopWorkerAsync()
    {
        if (_worker is { } worker)
        {
            _worker = null;
            await worker.DisposeAsync();
        }
    }

    /// <summary>Fills the account before anything runs on it.</summary>
    protected virtual Task PrepareAsync() => Task.CompletedTask;

    /// <summary>Drops a file of a dataset, as users do.</summary>
    public async Task DropAsync(string name, string content)
    {
        var blob = Storage.Container(StorageNames.Datasets).GetBlobClient(name);
        await UntilAsync(async () => await Storage.Container(StorageNames.Datasets).ExistsAsync() ? "ready" : null);
        await blob.UploadAsync(BinaryData.FromString(content), overwrite: true);
    }

    /// <summary>Asks the API until an answer is what <paramref name="isIt"/> waits for.</summary>
    public Task<JsonDocument> UntilAsync(string path, Func<JsonElement, bool> isIt) => UntilAsync(async () =>
    {
        using var response = await Http.GetAsync(path);
        if (!response.IsSuccessStatusCode)
        {
            return null;
        }

        var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return isIt(answer.RootElement) ? answer : null;
    });

    public static async Task<T> UntilAsync<T>(Func<Task<T?>> ask) where T : class
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(Patience);
        while (true)
        {
            if (await ask() is { } answer)
            {
                return answer;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), timeout.Token);
        }
    }

    /// <summary>Waits for a dataset's verdict and the success of its run; returns the model's version.</summary>
    public async Task<string> TrainedVersionAsync(string dataset, int examples)
    {
        using var verdict = await UntilAsync($"datasets/{dataset}", answer => answer.Text("state") != "Validating" && Examples(answer) == examples);
        Assert.True(verdict.RootElement.Text("state") == "Accepted", verdict.RootElement.ToString());
        using var run = await UntilAsync($"runs/{verdict.RootElement.Text("runId")}", answer => answer.Text("state") is "Succeeded" or "Failed");
        Assert.True(run.RootElement.Text("state") == "Succeeded", run.RootElement.ToString());
        return run.RootElement.Text("modelVersion")!;
    }

    public async Task<Answer> PredictAsync(string model, IEnumerable<string> texts)
    {
        using var question = JsonContent.Create(new { inputs = texts });
        using var response = await Http.PostAsync($"models/{model}/predict", question);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<Answer>(JsonSerializerOptions.Web))!;
    }

    /// <summary>Sends the right answer to a sentence.</summary>
    public async Task CorrectAsync(string model, Sentence sentence)
    {
        var entities = sentence.Places.Select(place => new { label = place.Label, start = place.Start, end = place.End });
        using var correction = JsonContent.Create(new { text = sentence.Text, label = sentence.Intent, entities });
        using var response = await Http.PostAsync($"models/{model}/feedback", correction);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    private static long Examples(JsonElement dataset) =>
        dataset.TryGetProperty("counts", out var counts)
            ? new[] { "train", "dev", "test" }.Sum(split => counts.GetProperty(split).GetInt64())
            : 0;
}

/// <summary>An answer of predict.</summary>
public sealed record Answer(string Model, string Version, IReadOnlyList<Prediction> Predictions);

public sealed record Prediction(Label? Label, IReadOnlyList<Entity>? Entities);

public sealed record Label(string Name, double Score);

public sealed record Entity(string Label, string Text, int Start, int End, double Score);

internal static class JsonElements
{
    public static string? Text(this JsonElement element, string property) =>
        element.TryGetProperty(property, out var value) ? value.GetString() : null;
}
