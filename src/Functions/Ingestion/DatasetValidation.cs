using System.Diagnostics;
using Droptune.Core.Datasets.Snapshots;
using Droptune.Core.Forgetting;
using Droptune.Core.Reports;
using Droptune.Functions.Hosting;
using Droptune.Functions.Ingestion.Check;
using Microsoft.Extensions.Options;

namespace Droptune.Functions.Ingestion;

/// <summary>
/// Validates a dataset that has been quiet: reports, and for an accepted one the snapshot and the training run. Everything
/// is named by content, and the dataset's record is written last, so the whole may be repeated.
/// </summary>
public sealed class DatasetValidation(
    DroptuneStorage storage, DatasetStore datasets, RunStore runs, ForgottenTexts forgotten, DatasetCheck check, ScratchSpace scratch,
    IOptions<PipelineOptions> options, TimeProvider clock, ILogger<DatasetValidation> logger)
{
    public async Task ValidateAsync(DatasetChange change, CancellationToken cancellationToken)
    {
        var record = await datasets.FindAsync(change.Dataset, cancellationToken);
        if (record?.ChangeId != change.ChangeId)
        {
            return; // not quiet: the message of a later change is on its way
        }

        try
        {
            var files = await DatasetFiles.ListAsync(storage, change.Dataset, cancellationToken);
            var quiet = options.Value.QuietPeriod - (clock.GetUtcNow() - files.ChangedAt);
            if (quiet > TimeSpan.Zero)
            {
                // A file whose own event is not here yet: events may be late by more than the quiet period.
                await storage.SendAsync(StorageNames.DatasetChanges, change, quiet, cancellationToken);
                return;
            }

            if (!await TryValidateAsync(record, files, cancellationToken))
            {
                // A changed file sends an event of its own, a deleted one none: what is left is looked at once it is quiet.
                logger.LogInformation("Dataset {Dataset}, or what is to be forgotten, changed while it was read; its next validation follows", change.Dataset);
                await storage.SendAsync(StorageNames.DatasetChanges, change, options.Value.QuietPeriod, cancellationToken);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            await datasets.ConcludeAsync(
                change.Dataset, change.ChangeId, dataset => dataset with { Problem = $"The validation failed: {e.Message}" }, CancellationToken.None);
            throw; // the queue brings the message again
        }
    }

    /// <summary>False when the files changed meanwhile, or a text was to be forgotten.</summary>
    private async Task<bool> TryValidateAsync(DatasetRecord record, DatasetFiles files, CancellationToken cancellationToken)
    {
        if (files.Fingerprint == record.Fingerprint)
        {
            var state = record.Version == record.AcceptedVersion ? DatasetState.Accepted : DatasetState.Rejected;
            await datasets.ConcludeAsync(record.Dataset, record.ChangeId, dataset => dataset with { State = state, Problem = null }, cancellationToken);
            logger.LogInformation("Dataset {Dataset} {Version} is unchanged", record.Dataset, record.Version);
            return true;
        }

        var watch = Stopwatch.StartNew();
        using var folder = scratch.NewFolder();
        var known = await forgotten.AllAsync(cancellationToken);
        if (await check.RunAsync(record.Dataset, files, folder.Path, cancellationToken) is not { } report)
        {
            return false;
        }

        var path = DatasetStore.ReportPlace(report.Dataset, report.Version);
        var isKnown = (await storage.Container(StorageNames.Reports).GetBlobClient($"{path}.json").ExistsAsync(cancellationToken)).Value;
        await ReportFiles.Of(report).StoreAsync(storage.Container(StorageNames.Reports), path, cancellationToken);
        var stored = report.Accepted ? await StoreAsync(report, folder.Path, cancellationToken) : [];
        if ((await forgotten.AllAsync(cancellationToken)).Count > known.Count)
        {
            await TakeBackAsync(stored, report, isKnown, path, cancellationToken); // whoever forgets may have looked before they were there
            return false;
        }

        var run = report is { Accepted: true, Manifest.Train: true } ? await QueueAsync(report, cancellationToken) : null;
        await datasets.ConcludeAsync(
            record.Dataset, record.ChangeId, dataset => Verdict(dataset, report, path, files.Fingerprint, run), cancellationToken);
        Measures.Validated(
            report.Dataset, report.Accepted, report.Totals.Select(total => ($"{total.Severity}".ToLowerInvariant(), $"{total.Code}", total.Count)));
        logger.LogInformation(
            "Dataset {Dataset} {Version} {State}: {Examples} examples, {Errors} errors, {Warnings} warnings, {Seconds:F1} s",
            report.Dataset,
            report.Version,
            report.Accepted ? "accepted" : "rejected",
            report.Counts.Train + report.Counts.Dev + report.Counts.Test,
            Count(report, Severity.Error),
            Count(report, Severity.Warning),
            watch.Elapsed.TotalSeconds);
        return true;
    }

    /// <summary>Stores the snapshot of an accepted dataset; returns the blobs that were not there.</summary>
    private async Task<IReadOnlyList<string>> StoreAsync(DatasetReport report, string folder, CancellationToken cancellationToken)
    {
        var stored = new List<string>();
        var container = storage.Container(StorageNames.Snapshots);
        foreach (var path in Directory.GetFiles(folder, "*" + SnapshotFile.Extension))
        {
            // A version names its content: what is there already is the same.
            await using var content = File.OpenRead(path);
            var name = SnapshotFile.Folder(report.Dataset, report.Version) + Path.GetFileName(path);
            if (await container.TryCreateAsync(name, "application/gzip", content, cancellationToken))
            {
                stored.Add(name);
            }
        }

        return stored;
    }

    /// <summary>Deletes what was stored; a version that was known before keeps its report, but for what that quotes.</summary>
    private async Task TakeBackAsync(IReadOnlyList<string> snapshot, DatasetReport report, bool isKnown, string path, CancellationToken cancellationToken)
    {
        foreach (var name in snapshot)
        {
            await storage.Container(StorageNames.Snapshots).GetBlobClient(name).DeleteIfExistsAsync(cancellationToken: cancellationToken);
        }

        var reports = storage.Container(StorageNames.Reports);
        await (isKnown
            ? ReportFiles.Of(Quotes.WithoutAny(report)).StoreAsync(reports, path, cancellationToken)
            : reports.DeleteFolderAsync($"{path}.", cancellationToken));
    }

    /// <summary>Queues the training of an accepted dataset.</summary>
    private async Task<RunRecord> QueueAsync(DatasetReport report, CancellationToken cancellationToken)
    {
        var run = await runs.QueueAsync(
            report.ToJobSpec() with { Traceparent = Activity.Current?.Id },
            cancellationToken);
        logger.LogInformation("Run {RunId} of model {Model} is {State}", run.RunId, run.Model, run.State);
        return run;
    }

    private static DatasetRecord Verdict(DatasetRecord dataset, DatasetReport report, string path, string fingerprint, RunRecord? run) => dataset with
    {
        State = report.Accepted ? DatasetState.Accepted : DatasetState.Rejected,
        Version = report.Version,
        AcceptedVersion = report.Accepted ? report.Version : dataset.AcceptedVersion,
        Task = report.Task,
        Counts = report.Counts,
        Errors = Count(report, Severity.Error),
        Warnings = Count(report, Severity.Warning),
        Report = path,
        Problem = null,
        RunId = run?.RunId,
        Fingerprint = fingerprint,
    };

    private static long Count(DatasetReport report, Severity severity) =>
        report.Totals.Where(total => total.Severity == severity).Sum(total => total.Count);
}
