using System.Net.Http.Json;
using Azure.Storage.Blobs.Models;
using Droptune.Core.Runs;
using Droptune.Core.Storage;

namespace Droptune.Chaos.Product;

/// <summary>
/// A dataset on its way: dropped, validated, trained, evaluated, promoted; then corrected, folded and all of it again. Every flow has the
/// same content under a name of its own, so that what an undisturbed one made tells what each must make.
/// </summary>
internal sealed class Flow(Installation product, int number)
{
    private static readonly string[] Cities = ["berlin", "paris", "rome", "new york", "oslo", "lima"];

    /// <summary>What was made by the first round and, after corrections, by the second.</summary>
    private readonly List<Made> _made = [];

    public string Name { get; } = $"chaos-{number}";

    public IReadOnlyList<Made> Rounds => _made;

    /// <summary>Drops the dataset, and waits until its model is served.</summary>
    public async Task DropAsync()
    {
        var container = product.Storage.Container(StorageNames.Datasets);
        await container.UploadBlobAsync($"{Name}/dataset.json", BinaryData.FromString(
            """{ "baseModel": "scratch", "size": "tiny", "training": { "epochs": 2, "batchTokens": 512, "maxLength": 16, "earlyStopping": null } }"""));
        await container.UploadBlobAsync($"{Name}/train.jsonl", BinaryData.FromString(Examples(0, 60)));
        await container.UploadBlobAsync($"{Name}/dev.jsonl", BinaryData.FromString(Examples(60, 12)));
        await container.UploadBlobAsync($"{Name}/test.jsonl", BinaryData.FromString(Examples(72, 12)));
        _made.Add(await MadeAsync(examples: 84));
    }

    /// <summary>Corrects the model twice, folds, and waits for the next version.</summary>
    public async Task FoldAsync()
    {
        for (var i = 0; i < 2; i++)
        {
            await product.UntilAsync($"{Name}: correction {i} is taken", async () =>
            {
                using var answer = await product.Http.PostAsJsonAsync($"models/{Name}/feedback", new { text = $"correction {i} of a refund", label = "refund", entities = Array.Empty<string>() });
                return answer.IsSuccessStatusCode;
            });
        }

        await product.UntilAsync($"{Name}: the corrections are folded", async () =>
        {
            using var answer = await product.Http.PostAsJsonAsync($"datasets/{Name}/feedback/fold", new { });
            return answer.IsSuccessStatusCode && (await FoldedAsync()).Waiting == 0;
        });
        _made.Add(await MadeAsync(examples: 86));
    }

    /// <summary>Corrections that wait, and lines of all files they were folded into.</summary>
    public async Task<(int Waiting, int Lines)> FoldedAsync()
    {
        var (waiting, lines) = (0, 0);
        await foreach (var blob in product.Storage.Container(StorageNames.Feedback).GetBlobsAsync(new GetBlobsOptions { Prefix = $"{Name}/", Traits = BlobTraits.Metadata }))
        {
            waiting += blob.Metadata.ContainsKey("folded") ? 0 : 1;
        }

        await foreach (var blob in product.Storage.Container(StorageNames.Datasets).GetBlobsAsync(new GetBlobsOptions { Prefix = $"{Name}/feedback-" }))
        {
            var content = await product.Storage.Container(StorageNames.Datasets).GetBlobClient(blob.Name).DownloadContentAsync();
            lines += content.Value.Content.ToString().Count(letter => letter == '\n');
        }

        return (waiting, lines);
    }

    private async Task<Made> MadeAsync(int examples)
    {
        JsonElement dataset = default, run = default;
        await product.UntilAsync($"{Name}: a verdict on {examples} examples", async () =>
        {
            dataset = await product.Http.GetFromJsonAsync<JsonElement>($"datasets/{Name}");
            return Text(dataset, "state") != "Validating" && (Text(dataset, "state") == "Rejected" || Count(dataset) == examples);
        });
        if (Text(dataset, "state") != "Accepted")
        {
            throw new FaultException($"{Name} was rejected: {dataset}");
        }

        await product.UntilAsync($"{Name}: its run ends", async () =>
        {
            run = await product.Http.GetFromJsonAsync<JsonElement>($"runs/{Text(dataset, "runId")}");
            return Text(run, "state") is "Failed" or "Succeeded" or "Cancelled";
        });
        if (Text(run, "state") != $"{RunState.Succeeded}")
        {
            throw new FaultException($"{Name}: its run is {run}");
        }

        var version = Text(run, "modelVersion")!;
        await product.UntilAsync($"{Name}: {version} is evaluated", async () =>
        {
            var evaluations = await product.Http.GetFromJsonAsync<JsonElement>($"evaluations?model={Name}");
            return evaluations.EnumerateArray().Any(evaluation => Text(evaluation, "version") == version);
        });
        return new(Text(dataset, "version")!, Text(dataset, "runId")!, version);
    }

    private static string Examples(int from, int count) => string.Concat(Enumerable.Range(from, count).Select(i =>
    {
        var city = Cities[i % Cities.Length];
        var text = i % 2 == 0 ? $"book flight {i} to {city}" : $"refund ticket {i}";
        var entities = i % 2 == 0 ? $$"""[{"start":{{text.Length - city.Length}},"end":{{text.Length}},"label":"city"}]""" : "[]";
        return $$"""{"text":"{{text}}","label":"{{(i % 2 == 0 ? "book" : "refund")}}","entities":{{entities}}}""" + "\n";
    }));

    private static int Count(JsonElement dataset) => dataset.TryGetProperty("counts", out var counts)
        ? new[] { "train", "dev", "test" }.Sum(split => counts.GetProperty(split).GetInt32())
        : 0;

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;
}

/// <summary>What a round of a flow made.</summary>
internal sealed record Made(string DatasetVersion, string RunId, string ModelVersion);
