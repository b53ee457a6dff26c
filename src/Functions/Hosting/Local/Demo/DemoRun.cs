using System.Security.Cryptography;
using Azure.Storage.Blobs.Models;
using Droptune.Core.Terminal;
using Droptune.Functions.Evaluation;
using Droptune.Functions.Hosting.Local.Processes;
using Droptune.Functions.Ingestion;
using Microsoft.Extensions.DependencyInjection;

namespace Droptune.Functions.Hosting.Local.Demo;

/// <summary>
/// Drops the sample dataset and shows what becomes of it, step by step, until its model answers over HTTP. Where an
/// earlier demo got that far, the steps hold at once.
/// </summary>
internal sealed class DemoRun(IServiceProvider services, Uri address, LiveLine line)
{
    private const string Dataset = "support";
    private const string HashKey = "sha256"; // metadata of the dropped blobs, to know them again

    private static readonly string[] ShownScores = ["main", "f1", "accuracy"];

    private const double LeastAccuracy = 0.5; // of intents on test; there are sixteen

    private static readonly TimeSpan Short = TimeSpan.FromMinutes(3); // each step but the training
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(40); // the training, on a slow machine
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(300);

    private readonly DroptuneStorage _storage = services.GetRequiredService<DroptuneStorage>();
    private readonly DatasetStore _datasets = services.GetRequiredService<DatasetStore>();
    private readonly RunStore _runs = services.GetRequiredService<RunStore>();
    private readonly ModelStore _models = services.GetRequiredService<ModelStore>();
    private readonly EvaluationStore _evaluations = services.GetRequiredService<EvaluationStore>();
    private readonly TimeProvider _clock = services.GetRequiredService<TimeProvider>();

    /// <summary>Whether every step held.</summary>
    public async Task<bool> RunAsync(CancellationToken stop)
    {
        try
        {
            var since = await DropAsync(stop);
            var run = await TrainAsync(await ValidateAsync(since, stop), stop);
            await PromoteAsync(run, stop);
            await EvaluateAsync(run, stop);
            line.End();
            await new DemoPredictions(address, Dataset, line).ShowAsync(stop);
            return true;
        }
        catch (DemoFailedException e)
        {
            line.End();
            line.Print($"  ✗ {e.Message}");
            return false;
        }
    }

    /// <summary>Copies the sample's files into the drop box; null when they were there already, unchanged.</summary>
    private async Task<DateTimeOffset?> DropAsync(CancellationToken stop)
    {
        line.Update("waiting for storage");
        await UntilAsync("storage", Short, async () => await IsReadyAsync(stop) ? this : null, stop);
        var folder = Path.Combine(RepositoryFolder.Path, "samples", Dataset);
        var since = _clock.GetUtcNow();
        var (files, dropped) = (Directory.GetFiles(folder), 0);
        foreach (var file in files)
        {
            dropped += await DropAsync(file, stop) ? 1 : 0;
        }

        Done("dropped", dropped > 0
            ? $"{dropped} files of samples/{Dataset} into '{StorageNames.Datasets}/{Dataset}/'"
            : $"samples/{Dataset} is in '{StorageNames.Datasets}/{Dataset}/' already");
        return dropped > 0 ? since : null;
    }

    private async Task<bool> IsReadyAsync(CancellationToken stop)
    {
        try
        {
            return await _storage.Container(StorageNames.Datasets).ExistsAsync(stop);
        }
        catch (Azure.RequestFailedException)
        {
            return false;
        }
    }

    private async Task<bool> DropAsync(string file, CancellationToken stop)
    {
        var blob = _storage.Container(StorageNames.Datasets).GetBlobClient($"{Dataset}/{Path.GetFileName(file)}");
        var hash = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(file, stop)));
        if (await blob.ExistsAsync(stop)
            && (await blob.GetPropertiesAsync(cancellationToken: stop)).Value.Metadata.TryGetValue(HashKey, out var stored) && stored == hash)
        {
            return false;
        }

        await blob.UploadAsync(file, new BlobUploadOptions { Metadata = new Dictionary<string, string> { [HashKey] = hash } }, stop);
        return true;
    }

    private async Task<string> ValidateAsync(DateTimeOffset? since, CancellationToken stop)
    {
        line.Update("waiting for the verdict on the dataset");
        var record = await UntilAsync(
            "the validation",
            Short,
            async () => await _datasets.FindAsync(Dataset, stop) is { State: not DatasetState.Validating } found
                && (since is null || found.ValidatedAt >= since) ? found : null,
            stop);
        if (record is not { State: DatasetState.Accepted, Counts: { } counts, RunId: { } runId })
        {
            throw new DemoFailedException($"the dataset is {record.State}: {record.Problem ?? $"{record.Errors} errors, see 'reports/{record.Report}.md'"}");
        }

        Done("validated", $"version {record.Version}: {counts.Train} train, {counts.Dev} dev, {counts.Test} test examples, {record.Warnings} warnings");
        return runId;
    }

    private async Task<RunRecord> TrainAsync(string runId, CancellationToken stop)
    {
        var queued = await UntilAsync("the training job", Short, () => _runs.FindAsync(runId, stop), stop);
        if (queued.State == RunState.Succeeded)
        {
            Done("trained", $"run {runId} made this model before: {queued.Model} {queued.ModelVersion}");
            return queued;
        }

        Done("queued", $"run {runId}: {queued.Model} from {queued.Spec.Base.Name}");
        var run = await UntilAsync(
            "the end of the training",
            Long,
            async () =>
            {
                var now = (await _runs.FindAsync(runId, stop))!;
                line.Update(now.Progress is { } progress ? RunProgressText.Line(progress) : "waiting for the worker");
                return now.State is RunState.Queued or RunState.Running ? null : now;
            },
            stop);
        if (run.State != RunState.Succeeded)
        {
            throw new DemoFailedException($"the run {runId} is {run.State}: {run.Error}");
        }

        var version = await _models.FindVersionAsync(run.Model, run.ModelVersion!, stop) ?? throw new DemoFailedException("the model has no record");
        Done("trained", $"{Scores(version.Metrics, "dev")} in {RunProgressText.Duration(run.FinishedAt!.Value - run.StartedAt!.Value)}");
        return run;
    }

    private async Task PromoteAsync(RunRecord run, CancellationToken stop)
    {
        var folder = ModelStore.Folder(run.Model, run.ModelVersion!);
        var files = await _storage.Container(StorageNames.Models)
            .GetBlobsAsync(new GetBlobsOptions { Prefix = folder }, stop).Select(blob => Path.GetFileName(blob.Name)).ToListAsync(stop);
        Done("exported", $"'{StorageNames.Models}/{folder}': {string.Join(", ", files)}");

        line.Update("waiting for the promotion");
        var model = await UntilAsync(
            "the promotion", Short, async () => await _models.FindAsync(run.Model, stop) is { Production: not null } found ? found : null, stop);
        Done("promoted", $"{model.Production} is served: {model.History[0].Reason}");
    }

    private async Task EvaluateAsync(RunRecord run, CancellationToken stop)
    {
        line.Update("waiting for the evaluation");
        var evaluation = await UntilAsync(
            "the evaluation",
            Short,
            async () => (await _evaluations.ListAsync(run.Model, after: null, limit: 50, stop)).FirstOrDefault(found => found.Version == run.ModelVersion),
            stop);
        if (evaluation.Metrics["test.accuracy"] < LeastAccuracy)
        {
            throw new DemoFailedException($"the model learned too little: {Scores(evaluation.Metrics, "test")}");
        }

        Done("evaluated", $"{Scores(evaluation.Metrics, "dev")}; {Scores(evaluation.Metrics, "test")} ('reports/{evaluation.Report}.md')");
    }

    private async Task<T> UntilAsync<T>(string what, TimeSpan limit, Func<Task<T?>> find, CancellationToken stop) where T : class
    {
        for (var started = _clock.GetTimestamp(); _clock.GetElapsedTime(started) < limit; await Task.Delay(Poll, stop))
        {
            if (await find() is { } found)
            {
                return found;
            }
        }

        throw new DemoFailedException($"{what} did not come within {limit.TotalMinutes:F0} minutes");
    }

    private void Done(string step, string what)
    {
        line.End();
        line.Print($"  ✓ {step,-10} {what}");
    }

    private static string Scores(IReadOnlyDictionary<string, double> metrics, string split) =>
        $"{split} " + string.Join(", ", ShownScores.Where(name => metrics.ContainsKey($"{split}.{name}")).Select(name => $"{name} {metrics[$"{split}.{name}"]:F4}"));
}

/// <summary>A step of the demo did not hold; the message says which and why.</summary>
internal sealed class DemoFailedException(string message) : Exception(message);
