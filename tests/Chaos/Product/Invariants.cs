using Azure.Storage.Blobs.Models;
using Droptune.Core.Runs;
using Droptune.Core.Storage;
using Droptune.Core.Stores;

namespace Droptune.Chaos.Product;

/// <summary>What must hold of a flow that has ended, whatever happened on its way; an undisturbed one is the measure.</summary>
internal sealed class Invariants(Installation product)
{
    private IReadOnlyList<string>? _expected;

    /// <summary>Throws when something is lost, double, half there, left over, or not what an undisturbed flow made.</summary>
    public async Task CheckAsync(Flow flow)
    {
        var runs = (await product.Runs.ListAsync(new(Model: flow.Name), CancellationToken.None)).Where(run => run.Model == flow.Name).ToList();
        Hold(runs.Count == flow.Rounds.Count, $"{flow.Name}: {runs.Count} runs for {flow.Rounds.Count} dataset versions");
        Hold(runs.All(run => run.State == RunState.Succeeded), $"{flow.Name}: a run is {runs.FirstOrDefault(run => run.State != RunState.Succeeded)?.State}");

        var versions = await product.Models.VersionsAsync(flow.Name, CancellationToken.None);
        Hold(versions.Select(version => version.Version).Order().SequenceEqual(flow.Rounds.Select(round => round.ModelVersion).Order()), $"{flow.Name}: its versions are {string.Join(", ", versions)}");
        var model = (await product.Models.FindAsync(flow.Name, CancellationToken.None))!;
        Hold(versions.Any(version => version.Version == model.Production), $"{flow.Name}: {model.Production} is served, which is no version");
        Hold(model.History.Select(promotion => promotion.Version).Distinct().Count() == model.History.Count, $"{flow.Name}: promoted twice");

        var (waiting, lines) = await flow.FoldedAsync();
        Hold(waiting == 0 && lines == 2 * (flow.Rounds.Count - 1), $"{flow.Name}: {waiting} corrections wait, {lines} are folded");
        using (var answer = await product.Http.PostAsync($"models/{flow.Name}/predict", new StringContent("""{"inputs":"book flight 1 to rome"}""", Encoding.UTF8, "application/json")))
        {
            Hold(answer.IsSuccessStatusCode, $"{flow.Name}: predict answers {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        }

        var files = await FilesAsync(flow);
        _expected ??= files;
        Hold(files.Take(_expected.Count).SequenceEqual(_expected), $"{flow.Name}: not the files of an undisturbed flow: {string.Join(", ", files.Except(_expected).Concat(_expected.Except(files)))}");
    }

    /// <summary>Nothing waits, nothing is poison, no process ended by itself, no folder is left of those that were killed.</summary>
    public async Task CheckRestAsync()
    {
        await CheckEmptyAsync();
        foreach (var queue in StorageNames.Queues)
        {
            if (await LengthAsync(queue + StorageNames.PoisonSuffix) > 0)
            {
                var poison = (await product.Storage.Queue(queue + StorageNames.PoisonSuffix).PeekMessagesAsync()).Value;
                throw new FaultException($"{queue} has poison: {string.Join(", ", poison.Select(message => message.Body))}");
            }
        }

        await CheckAliveAsync();
        foreach (var root in Directory.GetDirectories(product.Folder, "*", SearchOption.AllDirectories).Where(folder => Directory.GetFiles(folder, "*.lock").Length > 0))
        {
            var locks = Directory.GetFiles(root, "*.lock").Length;
            Hold(locks == 1, $"{root} holds the folders of {locks} processes, of which one lives");
        }
    }

    /// <summary>No message waits, nor does one that the Functions SDK hid for ten minutes when it was cut off.</summary>
    public async Task CheckEmptyAsync()
    {
        product.Patience = TimeSpan.FromMinutes(12);
        foreach (var queue in StorageNames.Queues)
        {
            await product.UntilAsync($"{queue} is empty", async () => await LengthAsync(queue) == 0);
        }
    }

    /// <summary>No process ended by itself, and the host answers.</summary>
    public async Task CheckAliveAsync()
    {
        Hold(product.Parts.All(part => part.Crashes.Count == 0), string.Join("\n", product.Parts.SelectMany(part => part.Crashes)));
        await product.UntilAsync("the host answers", async () => (await product.Http.GetAsync("health")).IsSuccessStatusCode);
    }

    /// <summary>The files that a flow's first round left, with the digest of the weights: two trainings on the same data make the same model.</summary>
    private async Task<IReadOnlyList<string>> FilesAsync(Flow flow)
    {
        var made = flow.Rounds[0];
        var files = new List<string>();
        foreach (var (container, prefix) in new[] { (StorageNames.Snapshots, $"{flow.Name}/{made.DatasetVersion}/"), (StorageNames.Models, ModelStore.Folder(flow.Name, made.ModelVersion)) })
        {
            await foreach (var blob in product.Storage.Container(container).GetBlobsAsync(new GetBlobsOptions { Prefix = prefix }))
            {
                var isSame = blob.Name.EndsWith(".safetensors", StringComparison.Ordinal) || blob.Name.EndsWith(".gz", StringComparison.Ordinal);
                files.Add($"{container}/{blob.Name[prefix.Length..]}{(isSame ? " " + Convert.ToHexStringLower(blob.Properties.ContentHash ?? []) : "")}");
            }
        }

        return files;
    }

    private async Task<int> LengthAsync(string queue) => (await product.Storage.Queue(queue).GetPropertiesAsync()).Value.ApproximateMessagesCount;

    private static void Hold(bool holds, string fault)
    {
        if (!holds)
        {
            throw new FaultException(fault);
        }
    }
}
