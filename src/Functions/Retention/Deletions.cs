using Azure.Storage.Blobs.Models;
using Droptune.Core.Datasets.Snapshots;
using Droptune.Functions.Corrections;
using Droptune.Functions.Evaluation;
using Droptune.Functions.Ingestion;
using Droptune.Functions.Monitoring;

namespace Droptune.Functions.Retention;

/// <summary>What the deletion of something would take along.</summary>
/// <param name="Takes">In words, each with its number.</param>
/// <param name="Hindrance">Why it cannot be deleted now, and what to do first; null when it can.</param>
/// <param name="DeleteAsync">Deletes it with all that; may be repeated.</param>
public sealed record Deletion(IReadOnlyList<string> Takes, string? Hindrance, Func<CancellationToken, Task> DeleteAsync);

/// <summary>
/// Deletes versions, models and datasets with all that is theirs. Records go before files, so that nobody finds half of something;
/// what a broken deletion leaves is a leftover of the retention policy.
/// </summary>
public sealed class Deletions(
    DroptuneStorage storage, ModelStore models, RunStore runs, DatasetStore datasets, EvaluationStore evaluations, CorrectionStore corrections, TrafficStore traffic)
{
    /// <summary>Null when there is no such version.</summary>
    public async Task<Deletion?> OfVersionAsync(string model, string version, CancellationToken cancellationToken)
    {
        if (await models.FindAsync(model, cancellationToken) is not { } record || await models.FindVersionAsync(model, version, cancellationToken) is not { } found)
        {
            return null;
        }

        var open = (await runs.OpenAsync(cancellationToken)).FirstOrDefault(run => run.RunId == found.RunId);
        return new(
            [
                await FilesAsync(StorageNames.Models, ModelStore.Folder(model, version), cancellationToken),
                Count(await EvaluationsAsync(model, version, cancellationToken), "evaluation with its report", "evaluations with their reports"),
                $"the record of run {found.RunId} (the same dataset is trained anew when it is asked for)",
            ],
            record.Production == version ? "It is served: promote another version first."
            : open is not null ? $"Run {open.RunId} is making it: cancel that first."
            : null,
            cancellation => DeleteVersionAsync(found, cancellation));
    }

    /// <summary>Null when there is no such model.</summary>
    public async Task<Deletion?> OfModelAsync(string model, CancellationToken cancellationToken)
    {
        if (await models.FindAsync(model, cancellationToken) is null)
        {
            return null;
        }

        var versions = await models.VersionsAsync(model, cancellationToken);
        var (waiting, folded) = await corrections.CountAsync(model, cancellationToken);
        return new(
            [
                Count(versions.Count, "version", "versions"),
                await FilesAsync(StorageNames.Models, $"{model}/", cancellationToken),
                Count(await EvaluationsAsync(model, version: null, cancellationToken), "evaluation with its report", "evaluations with their reports"),
                Count(waiting, "correction that waits", "corrections that wait"),
                Count(folded, "folded correction (the dataset keeps it)", "folded corrections (the dataset keeps them)"),
                "its traffic and the texts that it was least certain of",
                "the records of its runs",
            ],
            Hindrance(await runs.OpenAsync(cancellationToken), run => run.Model == model),
            cancellation => DeleteModelAsync(model, versions, cancellation));
    }

    /// <summary>Null when there is no such dataset.</summary>
    public async Task<Deletion?> OfDatasetAsync(string dataset, CancellationToken cancellationToken)
    {
        var record = await datasets.FindAsync(dataset, cancellationToken);
        var files = await DatasetFiles.ListAsync(storage, dataset, cancellationToken);
        if (record is null && files.Files.Count == 0)
        {
            return null;
        }

        var learners = await models.OfDatasetAsync(dataset, cancellationToken);
        return new(
            [
                Count(files.Files.Count, "dropped file", "dropped files"),
                await FilesAsync(StorageNames.Snapshots, $"{dataset}/", cancellationToken),
                "the reports of its validations",
                .. learners.Count == 0
                    ? Array.Empty<string>()
                    : [$"the evaluations to come of {string.Join(", ", learners)}, which stay as they are: nothing is left to evaluate them on"],
            ],
            record?.State == DatasetState.Validating
                ? "It is being validated: wait for the verdict."
                : Hindrance(await runs.OpenAsync(cancellationToken), run => run.Spec.Dataset.Name == dataset),
            cancellation => DeleteDatasetAsync(dataset, cancellation));
    }

    /// <summary>Deletes a version that is not served, with its evaluations and its run's record.</summary>
    public async Task DeleteVersionAsync(ModelVersionRecord version, CancellationToken cancellationToken)
    {
        if (!await models.DeleteVersionAsync(version.Model, version.Version, cancellationToken))
        {
            return; // it was promoted meanwhile
        }

        await foreach (var evaluation in evaluations.OfModelAsync(version.Model, cancellationToken).Where(evaluation => evaluation.Version == version.Version))
        {
            await DeleteEvaluationAsync(evaluation, cancellationToken);
        }

        await runs.DeleteAsync(version.RunId, cancellationToken);
        await storage.Container(StorageNames.Models).DeleteFolderAsync(ModelStore.Folder(version.Model, version.Version), cancellationToken);
    }

    public async Task DeleteEvaluationAsync(EvaluationRecord evaluation, CancellationToken cancellationToken)
    {
        await evaluations.DeleteAsync(evaluation, cancellationToken);
        await storage.Container(StorageNames.Reports).DeleteFolderAsync($"{evaluation.Report}.", cancellationToken);
    }

    /// <summary>Deletes the report and the snapshot of a dataset's version, unless a run was queued for it by then.</summary>
    public async Task DeleteDatasetVersionAsync(string dataset, string version, CancellationToken cancellationToken)
    {
        // The report first: without it no run can be started. One that was before keeps its snapshot.
        await storage.Container(StorageNames.Reports).DeleteFolderAsync($"{DatasetStore.ReportPlace(dataset, version)}.", cancellationToken);
        if (!(await runs.OpenAsync(cancellationToken)).Any(run => run.Spec.Dataset == new DatasetReference(dataset, version)))
        {
            await storage.Container(StorageNames.Snapshots).DeleteFolderAsync(SnapshotFile.Folder(dataset, version), cancellationToken);
        }
    }

    private async Task DeleteModelAsync(string model, IReadOnlyList<ModelVersionRecord> versions, CancellationToken cancellationToken)
    {
        var records = await evaluations.OfModelAsync(model, cancellationToken).ToListAsync(cancellationToken);
        var ended = await runs.EndedBeforeAsync(DateTimeOffset.MaxValue, cancellationToken).Where(run => run.Model == model).ToListAsync(cancellationToken);
        await models.DeleteAsync(model, cancellationToken);
        foreach (var runId in versions.Select(version => version.RunId).Union(ended.Select(run => run.RunId)))
        {
            await runs.DeleteAsync(runId, cancellationToken);
        }

        foreach (var evaluation in records)
        {
            await DeleteEvaluationAsync(evaluation, cancellationToken);
        }

        await traffic.DeleteBeforeAsync(model, DateTimeOffset.MaxValue, cancellationToken);
        foreach (var container in new[] { StorageNames.Models, StorageNames.Uncertain, StorageNames.Feedback })
        {
            await storage.Container(container).DeleteFolderAsync($"{model}/", cancellationToken);
        }
    }

    private async Task DeleteDatasetAsync(string dataset, CancellationToken cancellationToken)
    {
        foreach (var prefix in new[] { $"{dataset}.", $"{dataset}/" })
        {
            await storage.Container(StorageNames.Datasets).DeleteFolderAsync(prefix, cancellationToken, blob => DatasetBlob.Parse(blob).Dataset == dataset);
        }

        await storage.Container(StorageNames.Snapshots).DeleteFolderAsync($"{dataset}/", cancellationToken);
        await storage.Container(StorageNames.Reports).DeleteFolderAsync($"{dataset}/", cancellationToken, blob => blob.Contains("/validation.", StringComparison.Ordinal));
        await datasets.DeleteAsync(dataset, cancellationToken); // last: while it is there, the deletion can be repeated
    }

    private async Task<int> EvaluationsAsync(string model, string? version, CancellationToken cancellationToken) =>
        await evaluations.OfModelAsync(model, cancellationToken).CountAsync(evaluation => version is null || evaluation.Version == version, cancellationToken);

    private async Task<string> FilesAsync(string container, string prefix, CancellationToken cancellationToken)
    {
        var (count, bytes) = (0, 0L);
        await foreach (BlobItem blob in storage.Container(container).GetBlobsAsync(new GetBlobsOptions { Prefix = prefix }, cancellationToken))
        {
            (count, bytes) = (count + 1, bytes + (blob.Properties.ContentLength ?? 0));
        }

        return string.Create(CultureInfo.InvariantCulture, $"{Count(count, "file", "files")} of {container}/{prefix} ({bytes / 1e6:F1} MB)");
    }

    private static string? Hindrance(IReadOnlyList<RunRecord> open, Func<RunRecord, bool> needs) =>
        open.Where(needs).Select(run => run.RunId).ToList() is { Count: > 0 } some ? $"Runs need it: cancel {string.Join(", ", some)} first." : null;

    private static string Count(int count, string one, string several) => count == 1 ? $"1 {one}" : $"{count} {several}";
}
