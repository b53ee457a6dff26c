using Azure.Storage.Blobs.Models;
using Droptune.Functions.Evaluation;
using Droptune.Functions.Ingestion;
using Droptune.Functions.Monitoring;
using Microsoft.Extensions.Options;

namespace Droptune.Functions.Retention;

/// <summary>Something that may go, with the way to delete it unless it is needed by then.</summary>
public sealed record RetentionStep(RetentionKind Kind, string Name, string Reason, Func<CancellationToken, Task> DeleteAsync);

/// <summary>
/// Decides what may go. Never what a served version or the one before needs, a candidate, an open run or a correction that waits:
/// their versions, the snapshots that those were trained on, and the version of each dataset that was accepted last.
/// </summary>
public sealed class RetentionPolicy(
    DroptuneStorage storage, ModelStore models, RunStore runs, DatasetStore datasets, EvaluationStore evaluations, TrafficStore traffic, TrainingBudget budget, Deletions deletions,
    IOptions<RetentionOptions> options, TimeProvider clock)
{
    private const string Checkpoint = "/checkpoint.tar"; // as the training worker names it

    private readonly RetentionOptions _keep = options.Value;

    /// <summary>What may go now, in the order in which it is to be deleted.</summary>
    public async Task<IReadOnlyList<RetentionStep>> PlanAsync(CancellationToken cancellationToken)
    {
        var account = await ReadAsync(cancellationToken);
        var versions = OldVersions(account).ToList();
        account = account with { Versions = [.. account.Versions.ExceptBy(versions.Select(old => old.Name), Name)] };
        return
        [
            .. versions,
            .. await OldRunsAsync(account, cancellationToken),
            .. await OldEvaluationsAsync(account, cancellationToken),
            .. await OldDatasetVersionsAsync(account, cancellationToken),
            .. await OldCountsAsync(account, cancellationToken),
            .. await LeftoversAsync(account, cancellationToken),
        ];
    }

    private async Task<Account> ReadAsync(CancellationToken cancellationToken)
    {
        var all = await models.ListAsync(cancellationToken);
        var versions = await Task.WhenAll(all.Select(model => models.VersionsAsync(model.Model, cancellationToken)));
        return new(all, [.. versions.SelectMany(some => some)], await runs.OpenAsync(cancellationToken), await datasets.ListAsync(cancellationToken));
    }

    private IEnumerable<RetentionStep> OldVersions(Account account)
    {
        var before = Before(_keep.Days);
        return
            from model in account.Models
            from version in account.Versions.Where(version => version.Model == model.Model).OrderByDescending(version => version.CreatedAt).Skip(_keep.Versions)
            where version.Version != model.Production && version.Version != model.Previous && version.CreatedAt < before
                && !account.IsMaking(version.Model, version.Version)
            select new RetentionStep(
                RetentionKind.ModelVersion, Name(version), $"Made {version.CreatedAt:yyyy-MM-dd}, not served, and there are {_keep.Versions} newer ones.",
                cancellation => deletions.DeleteVersionAsync(version, cancellation));
    }

    private async Task<IReadOnlyList<RetentionStep>> OldRunsAsync(Account account, CancellationToken cancellationToken)
    {
        var before = Before(_keep.Days);
        var made = account.Versions.Select(version => version.RunId).Concat(account.Datasets.Select(dataset => dataset.RunId).OfType<string>()).ToHashSet();
        return await runs.EndedBeforeAsync(before, cancellationToken)
            .Where(run => (run.FinishedAt ?? run.QueuedAt) < before && !made.Contains(run.RunId))
            .Select(run => new RetentionStep(
                RetentionKind.Run, run.RunId, $"{run.State} {run.FinishedAt:yyyy-MM-dd}, and no version of '{run.Model}' is of it.",
                cancellation => runs.DeleteAsync(run.RunId, cancellation)))
            .ToListAsync(cancellationToken);
    }

    private async Task<IReadOnlyList<RetentionStep>> OldEvaluationsAsync(Account account, CancellationToken cancellationToken)
    {
        var before = Before(_keep.EvaluationDays);
        var old = new List<RetentionStep>();
        foreach (var model in account.Models)
        {
            var seen = new HashSet<string>();
            await foreach (var evaluation in evaluations.OfModelAsync(model.Model, cancellationToken)) // newest first
            {
                if (!seen.Add(evaluation.Version) && evaluation.At < before)
                {
                    old.Add(new(
                        RetentionKind.Evaluation, evaluation.Report, $"Of {evaluation.At:yyyy-MM-dd}, and there is a newer one of the version.",
                        cancellation => deletions.DeleteEvaluationAsync(evaluation, cancellation)));
                }
            }
        }

        return old;
    }

    private async Task<IReadOnlyList<RetentionStep>> OldDatasetVersionsAsync(Account account, CancellationToken cancellationToken)
    {
        var needed = account.Datasets.SelectMany(dataset => new[] { (dataset.Dataset, dataset.AcceptedVersion), (dataset.Dataset, dataset.Version) })
            .Concat(account.Versions.Select(version => (version.Dataset, (string?)version.DatasetVersion)))
            .Concat(account.Open.Select(run => (run.Spec.Dataset.Name, (string?)run.Spec.Dataset.Version)))
            .ToHashSet();
        var folders = (await FoldersAsync(StorageNames.Snapshots, _ => true, cancellationToken))
            .Concat(await FoldersAsync(StorageNames.Reports, file => file.Contains("/validation.", StringComparison.Ordinal), cancellationToken));
        return
        [
            .. from folder in folders
               group folder by (folder.Name, folder.Version) into version
               where !needed.Contains((version.Key.Name, (string?)version.Key.Version)) && version.Max(folder => folder.ChangedAt) < Before(_keep.Days)
               select new RetentionStep(
                   RetentionKind.DatasetVersion, $"{version.Key.Name}/{version.Key.Version}", "No version of a model was trained on it, no run is to be, and a later one was accepted.",
                   cancellation => deletions.DeleteDatasetVersionAsync(version.Key.Name, version.Key.Version, cancellation)),
        ];
    }

    private async Task<IReadOnlyList<RetentionStep>> OldCountsAsync(Account account, CancellationToken cancellationToken)
    {
        var before = Before(_keep.Days);
        var old = new List<RetentionStep>();
        foreach (var model in account.Models)
        {
            if (await traffic.CountBeforeAsync(model.Model, before, cancellationToken) is > 0 and var hours)
            {
                old.Add(new(
                    RetentionKind.Traffic, model.Model, $"{hours} hours before {before:yyyy-MM-dd}.",
                    cancellation => traffic.DeleteBeforeAsync(model.Model, before, cancellation)));
            }
        }

        if (await budget.CountBeforeAsync(before, cancellationToken) is > 0 and var rows)
        {
            old.Add(new(
                RetentionKind.SpentTime, "Runs", $"{rows} rows of days before {before:yyyy-MM-dd}.", cancellation => budget.DeleteBeforeAsync(before, cancellation)));
        }

        return old;
    }

    private async Task<IReadOnlyList<RetentionStep>> LeftoversAsync(Account account, CancellationToken cancellationToken)
    {
        var before = Before(_keep.LeftoverDays);
        var registered = account.Versions.Select(version => (version.Model, version.Version)).ToHashSet();
        var unfinished =
            from folder in await FoldersAsync(StorageNames.Models, _ => true, cancellationToken)
            where folder.ChangedAt < before && !registered.Contains((folder.Name, folder.Version)) && !account.IsMaking(folder.Name, folder.Version)
            select Leftover(StorageNames.Models, $"{folder.Name}/{folder.Version}/", "No version was made of it, and no run is making one.");
        var checkpoints =
            from folder in await FoldersAsync(StorageNames.Models, file => file.EndsWith(Checkpoint, StringComparison.Ordinal), cancellationToken)
            where folder.ChangedAt < before && registered.Contains((folder.Name, folder.Version)) && !account.IsMaking(folder.Name, folder.Version)
            select Leftover(StorageNames.Models, $"{folder.Name}/{folder.Version}{Checkpoint}", "The version is made.");

        var known = new HashSet<string>();
        foreach (var model in account.Models)
        {
            known.UnionWith(await evaluations.OfModelAsync(model.Model, cancellationToken).Select(evaluation => evaluation.Report).ToListAsync(cancellationToken));
        }

        var reports = await storage.Container(StorageNames.Reports).GetBlobsAsync(cancellationToken: cancellationToken)
            .Where(blob => blob.Name.Contains("/evaluation-", StringComparison.Ordinal) && blob.Properties.LastModified < before
                && !known.Contains(blob.Name[..blob.Name.LastIndexOf('.')]))
            .Select(blob => Leftover(StorageNames.Reports, blob.Name, "The report of no evaluation that is kept."))
            .ToListAsync(cancellationToken);
        return [.. unfinished, .. checkpoints, .. reports];
    }

    private RetentionStep Leftover(string container, string prefix, string reason) => new(
        RetentionKind.Leftover, $"{container}/{prefix}", reason, cancellation => storage.Container(container).DeleteFolderAsync(prefix, cancellation));

    /// <summary>The folders <c>{name}/{version}/</c> of a container, with the time of the newest of those files.</summary>
    private async Task<IReadOnlyList<Folder>> FoldersAsync(string container, Func<string, bool> isIncluded, CancellationToken cancellationToken)
    {
        var folders = new Dictionary<(string, string), DateTimeOffset>();
        await foreach (BlobItem blob in storage.Container(container).GetBlobsAsync(cancellationToken: cancellationToken))
        {
            if (blob.Name.Split('/') is [var name, var version, _, ..] && isIncluded(blob.Name))
            {
                var changed = blob.Properties.LastModified ?? DateTimeOffset.MaxValue;
                folders[(name, version)] = folders.TryGetValue((name, version), out var newest) && newest > changed ? newest : changed;
            }
        }

        return [.. folders.Select(folder => new Folder(folder.Key.Item1, folder.Key.Item2, folder.Value))];
    }

    private DateTimeOffset Before(int days) => clock.GetUtcNow().AddDays(-days);

    private static string Name(ModelVersionRecord version) => $"{version.Model}/{version.Version}";

    /// <summary>What is there, and may need something.</summary>
    private sealed record Account(
        IReadOnlyList<ModelRecord> Models, IReadOnlyList<ModelVersionRecord> Versions, IReadOnlyList<RunRecord> Open, IReadOnlyList<DatasetRecord> Datasets)
    {
        public bool IsMaking(string model, string version) => Open.Any(run => run.Model == model && RunIds.ModelVersion(run.RunId) == version);
    }

    private sealed record Folder(string Name, string Version, DateTimeOffset ChangedAt);
}
