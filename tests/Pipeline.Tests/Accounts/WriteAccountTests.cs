using System.Diagnostics;
using System.Formats.Tar;
using System.Net.Http.Json;
using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using Droptune.Core.Storage;

namespace Droptune.Pipeline.Tests.Accounts;

/// <summary>
/// Writes <c>tests/data/{DROPTUNE_ACCOUNT}</c> by the programs of this version, for <see cref="EarlierAccountTests"/> of later
/// ones. Only by request, as it takes seven minutes and a POSIX system:
/// <c>DROPTUNE_ACCOUNT=account-2 dotnet test tests/Pipeline.Tests --filter WriteAccount -- xUnit.Explicit=only</c>.
/// </summary>
public class WriteAccountTests(AzuriteFixture azurite)
{
    /// <summary>Longer than a worker waits between two checkpoints.</summary>
    private static readonly TimeSpan Suspension = TimeSpan.FromSeconds(305);

    private static readonly string[] Questions =
        ["please paint the garden fence dark red", "how much is a blue wall", "make my chair look light grey", "what do you ask for green paint on a table", "a yellow door"];

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly JsonArray _requests = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task Write_AccountOfThisVersion_HoldsWorkInEveryState()
    {
        var folder = TestData.PathOf(Environment.GetEnvironmentVariable("DROPTUNE_ACCOUNT")!);
        var app = new AccountInMaking(azurite);
        await app.InitializeAsync();
        JsonObject expected;
        try
        {
            var served = await ServeAsync(app);
            await DropVerdictsAsync(app);
            var killed = await KillWorkerAsync(app);
            var waiting = await QueueAsync(app);
            await DropAsync(app, "late", """{ "train": false }""", train: 60, dev: 20, seed: 51);
            using var late = await app.UntilAsync("datasets/late", answer => answer.Text("state") == "Validating");
            expected = new()
            {
                ["writtenAt"] = TimeProvider.System.GetUtcNow(),
                ["served"] = served,
                ["killed"] = killed,
                ["waiting"] = waiting,
                ["requests"] = _requests,
                ["runs"] = await AskAsync(app, "runs"),
                ["models"] = await AskAsync(app, "models"),
                ["datasets"] = await AskAsync(app, "datasets"),
                ["evaluations"] = await AskAsync(app, "evaluations"),
                ["feedback"] = await AskAsync(app, "datasets/shop/feedback"),
            };
        }
        finally
        {
            await app.DisposeAsync(); // stores traffic and uncertain texts
        }

        await LocalApp.UntilAsync(async () =>
        {
            try
            {
                await StoredAccount.SaveAsync(app.Connection, folder, Cancellation);
                return "saved";
            }
            catch (InvalidOperationException)
            {
                return null; // messages that the worker had, and the one of the last drop, show up in seconds
            }
        });
        await File.WriteAllTextAsync(Path.Combine(folder, "expected.json"), expected.ToJsonString(Json) + "\n", Cancellation);
    }

    /// <summary>A model with two versions, the second by folded corrections; others wait. Answers of the served one.</summary>
    private async Task<JsonObject> ServeAsync(AccountInMaking app)
    {
        const string training = """{ "epochs": 15, "batchTokens": 256, "maxLength": 32, "learningRate": 5e-3, "earlyStopping": null }""";
        await app.DropAsync("shop/dataset.json", $$"""{ "task": "joint", "training": {{training}} }""");
        await app.DropAsync("shop/train.conll", PaintShop.Conll(PaintShop.Sentences(120, seed: 1)));
        await app.DropAsync("shop/dev.conll", PaintShop.Conll([.. PaintShop.Sentences(30, seed: 2), .. PaintShop.Suggestions.Skip(20)]));
        await app.DropAsync("shop/test.conll", PaintShop.Conll(PaintShop.Sentences(20, seed: 3)));
        await app.TrainedVersionAsync("shop", examples: 180);
        using var first = await app.UntilAsync("models/shop", answer => answer.Text("production") is not null);
        foreach (var sentence in PaintShop.Suggestions.Take(4))
        {
            await app.CorrectAsync("shop", sentence);
        }

        using var fold = await app.Http.PostAsync("datasets/shop/feedback/fold", null, Cancellation);
        await app.TrainedVersionAsync("shop", examples: 184);
        using var both = await app.UntilAsync("evaluations?model=shop", answer => answer.EnumerateArray().Select(evaluation => evaluation.Text("version")).Distinct().Count() == 2);
        foreach (var sentence in PaintShop.Suggestions.Skip(4).Take(3))
        {
            await app.CorrectAsync("shop", sentence);
        }

        var version = (await AskAsync(app, "datasets/shop"))["version"];
        await RequestAsync(app, $$"""{ "dataset": { "name": "shop", "version": "{{version}}" }, "optimisation": {{training}} }"""); // is the run of the drop
        var production = (await AskAsync(app, "models/shop"))["production"]!.GetValue<string>();
        using var question = JsonContent.Create(new { inputs = Questions });
        await LocalApp.UntilAsync(async () => (await app.PredictAsync("shop", ["red door"])).Version == production ? "there" : null);
        using var response = await app.Http.PostAsync("models/shop/predict", question, Cancellation);
        var answer = (await response.Content.ReadFromJsonAsync<JsonObject>(Cancellation))!;
        answer["inputs"] = new JsonArray([.. Questions.Select(text => JsonValue.Create(text))]);
        return answer;
    }

    /// <summary>A dataset that is rejected, and one that is only to be validated.</summary>
    private static async Task DropVerdictsAsync(AccountInMaking app)
    {
        await app.DropAsync("broken/train.conll", "please\tO\npaint\tO\n\nthe wall\nred\tB-colour\n");
        await DropAsync(app, "checked", """{ "train": false }""", train: 60, dev: 20, seed: 41);
        using var refused = await app.UntilAsync("datasets/broken", IsValidated);
        using var taken = await app.UntilAsync("datasets/checked", IsValidated);
        Assert.Equal(("Rejected", "Accepted"), (refused.RootElement.Text("state"), taken.RootElement.Text("state")));
    }

    /// <summary>
    /// A run whose worker was killed after a checkpoint. The worker writes one every five minutes: it is suspended for so long, as
    /// on a machine that sleeps, so that a run of seconds has one.
    /// </summary>
    private static async Task<JsonObject> KillWorkerAsync(AccountInMaking app)
    {
        const string manifest = """
            { "task": "joint", "training": { "epochs": 60, "batchTokens": 128, "maxLength": 32, "learningRate": 1e-3, "earlyStopping": null } }
            """;
        await DropAsync(app, "killed", manifest, train: 120, dev: 20, seed: 21);
        using var verdict = await app.UntilAsync("datasets/killed", IsValidated);
        Assert.True(verdict.RootElement.Text("state") == "Accepted", verdict.RootElement.ToString());
        var runId = verdict.RootElement.Text("runId")!;
        using var running = await app.UntilAsync(
            $"runs/{runId}", answer => answer.TryGetProperty("progress", out var progress) && progress.GetProperty("epoch").GetInt32() >= 20);
        using (var worker = Process.GetProcessById(app.WorkerId!.Value))
        {
            await SignalAsync("STOP", worker);
            await Task.Delay(Suspension, Cancellation);
            await SignalAsync("CONT", worker);
            var blob = app.Storage.Container(StorageNames.Models).GetBlobClient($"killed/{runId[..12]}/checkpoint.tar");
            await LocalApp.UntilAsync(async () => await blob.ExistsAsync(Cancellation) ? "there" : null);
            worker.Kill();
            await app.StopWorkerAsync();
            using var run = await app.UntilAsync($"runs/{runId}", answer => answer.Text("state") == "Running");
            return new() { ["runId"] = runId, ["epochs"] = await EpochsAsync(await blob.OpenReadAsync(cancellationToken: Cancellation)) };
        }
    }

    /// <summary>Jobs that no worker has taken: options at their defaults, some named, from scratch; and one that was cancelled.</summary>
    private async Task<JsonArray> QueueAsync(AccountInMaking app)
    {
        await DropAsync(app, "plain", manifest: null, train: 24, dev: 8, seed: 31);
        using var verdict = await app.UntilAsync("datasets/plain", IsValidated);
        Assert.True(verdict.RootElement.Text("state") == "Accepted", verdict.RootElement.ToString());
        var dropped = verdict.RootElement.Text("runId")!;
        var named = await RequestAsync(app, """
            { "model": "named", "dataset": { "name": "plain" }, "base": { "name": "paint-words" },
              "optimisation": { "epochs": 2, "maxLength": 32, "dropout": 0, "schedule": "constant", "seed": 7,
                                "earlyStopping": { "metric": "accuracy", "patience": 1 } } }
            """);
        var fresh = await RequestAsync(app, """{ "model": "fresh", "dataset": { "name": "plain" }, "base": { "name": "scratch" } }""");
        var cancelled = await RequestAsync(app, """{ "model": "cancelled", "dataset": { "name": "plain" } }""");
        using var end = await app.Http.DeleteAsync($"runs/{cancelled}", Cancellation);
        _requests.RemoveAt(_requests.Count - 1); // asked for again, a cancelled run is queued again: not a thing to repeat
        _requests.Add((JsonNode)new JsonObject { ["body"] = JsonNode.Parse("""{ "dataset": { "name": "plain" } }"""), ["runId"] = dropped });
        return [dropped, named, fresh];
    }

    private static async Task DropAsync(AccountInMaking app, string dataset, string? manifest, int train, int dev, int seed)
    {
        if (manifest is not null)
        {
            await app.DropAsync($"{dataset}/dataset.json", manifest);
        }

        await app.DropAsync($"{dataset}/train.conll", PaintShop.Conll(PaintShop.Sentences(train, seed)));
        await app.DropAsync($"{dataset}/dev.conll", PaintShop.Conll(PaintShop.Sentences(dev, seed + 1)));
        await app.DropAsync($"{dataset}/test.conll", PaintShop.Conll(PaintShop.Sentences(dev, seed + 2)));
    }

    /// <summary>Asks for a run, and notes the request, so that it can be repeated.</summary>
    private async Task<string> RequestAsync(AccountInMaking app, string body)
    {
        using var content = new StringContent(body, null, "application/json");
        using var response = await app.Http.PostAsync("runs", content, Cancellation);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancellation));
        var runId = (await response.Content.ReadFromJsonAsync<JsonObject>(Cancellation))!["runId"]!.GetValue<string>();
        _requests.Add((JsonNode)new JsonObject { ["body"] = JsonNode.Parse(body), ["runId"] = runId });
        return runId;
    }

    private static bool IsValidated(JsonElement dataset) => dataset.Text("state") != "Validating";

    private static async Task<JsonNode> AskAsync(AccountInMaking app, string path) => (await app.Http.GetFromJsonAsync<JsonNode>(path, Cancellation))!;

    /// <summary>The epochs that a checkpoint has behind it.</summary>
    private static async Task<JsonNode> EpochsAsync(Stream checkpoint)
    {
        await using var archive = new TarReader(checkpoint);
        while (await archive.GetNextEntryAsync(copyData: true, Cancellation) is { } entry)
        {
            if (entry.Name.EndsWith("training.json", StringComparison.Ordinal))
            {
                var state = await JsonNode.ParseAsync(entry.DataStream!, cancellationToken: Cancellation);
                return state!["state"]!["curve"]!.DeepClone();
            }
        }

        throw new InvalidDataException("The checkpoint has no state.");
    }

    private static async Task SignalAsync(string signal, Process process)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        await kill.WaitForExitAsync(Cancellation);
    }
}
