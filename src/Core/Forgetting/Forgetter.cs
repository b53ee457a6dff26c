using System.Collections.Concurrent;
using Azure.Storage.Blobs.Models;
using Droptune.Core.Datasets;
using Droptune.Core.Datasets.Gate;
using Droptune.Core.Datasets.Snapshots;
using Droptune.Core.Evaluation;
using Droptune.Core.Reports;
using Droptune.Core.Storage;
using Droptune.Core.Stores;

namespace Droptune.Core.Forgetting;

/// <summary>
/// Forgets a person's text: removes it from corrections, texts to label and reports, keeps it out of every dataset version to come,
/// and finds what still has it. Every blob of these is read, so it takes as long as the account is large. May be repeated.
/// </summary>
public sealed class Forgetter(DroptuneStorage storage, ForgottenTexts forgotten, ModelStore models)
{
    private const int ReadsAtOnce = 16;

    public async Task<ForgettingReport> ForgetAsync(string text, CancellationToken cancellationToken)
    {
        var key = ForgottenTexts.KeyOf(text);
        await forgotten.AddAsync(key, cancellationToken); // first: no version made meanwhile takes it up again
        var files = await DroppedFilesAsync(key, cancellationToken);
        var snapshots = await SnapshotsAsync(key, cancellationToken);
        var holders = files.Select(file => DatasetBlob.Parse(file).Dataset).Concat(snapshots.Select(snapshot => snapshot.Dataset)).ToHashSet();
        IReadOnlyList<string> removed =
        [
            .. await DeleteAsync(StorageNames.Feedback, key, cancellationToken),
            .. await DeleteAsync(StorageNames.Uncertain, key, cancellationToken),
            .. await CleanValidationsAsync(text, holders, cancellationToken),
            .. await CleanEvaluationsAsync(key, cancellationToken),
        ];
        return new(
            removed,
            [
                .. files.Select(file => new HeldText(Holder.DroppedFile, $"{StorageNames.Datasets}/{file}", $"az storage blob delete {Account} -c {StorageNames.Datasets} -n '{file}'")),
                .. snapshots.Select(snapshot => SnapshotFile.Folder(snapshot.Dataset, snapshot.Version)).Select(folder => new HeldText(
                    Holder.Snapshot, $"{StorageNames.Snapshots}/{folder}", $"az storage blob delete-batch {Account} -s {StorageNames.Snapshots} --pattern '{folder}*'")),
                .. await ModelsAsync(snapshots, cancellationToken),
            ]);
    }

    private string Account => storage.IsDeployed
        ? $"--auth-mode login --account-name {storage.Container(StorageNames.Datasets).AccountName}"
        : $"--connection-string \"${StorageNames.Connection}\"";

    /// <summary>Deletes the blobs of a container that are about the text; each is one JSON object with a text.</summary>
    private async Task<IReadOnlyList<string>> DeleteAsync(string container, ulong key, CancellationToken cancellationToken)
    {
        var deleted = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(await NamesAsync(container, _ => true, cancellationToken), Options(cancellationToken), async (name, cancellation) =>
        {
            if (await storage.Container(container).TryReadAsync(name, cancellation) is { } content
                && content.ToObjectFromJson<KeptText>(DroptuneJson.Compact) is { Text: { } kept } && ForgottenTexts.KeyOf(kept) == key)
            {
                await storage.Container(container).GetBlobClient(name).DeleteIfExistsAsync(cancellationToken: cancellation);
                deleted.Add($"{container}/{name}");
            }
        });
        return [.. deleted.Order(StringComparer.Ordinal)];
    }

    private Task<IReadOnlyList<string>> CleanValidationsAsync(string text, HashSet<string> holders, CancellationToken cancellationToken) => CleanAsync(
        name => name.EndsWith("/validation.json", StringComparison.Ordinal),
        content =>
        {
            var report = content.ToObjectFromJson<DatasetReport>(DroptuneJson.Compact)!;
            return Quotes.Without(report, text, holders.Contains(report.Dataset)) is { } without ? ReportFiles.Of(without) : null;
        },
        cancellationToken);

    private Task<IReadOnlyList<string>> CleanEvaluationsAsync(ulong key, CancellationToken cancellationToken) => CleanAsync(
        name => name.Contains("/evaluation-", StringComparison.Ordinal) && name.EndsWith(".json", StringComparison.Ordinal),
        content =>
        {
            var report = EvaluationReport.Read(content.ToString());
            return report.Without(new HashSet<ulong> { key }) is var without && without != report ? ReportFiles.Of(without) : null;
        },
        cancellationToken);

    /// <summary>
    /// Stores reports anew without the text; <paramref name="clean"/> gives null for those that do not quote it. Two that forget at once
    /// would bring back what the other took out, so one whose report has changed meanwhile reads it again.
    /// </summary>
    private async Task<IReadOnlyList<string>> CleanAsync(Func<string, bool> isIncluded, Func<BinaryData, ReportFiles?> clean, CancellationToken cancellationToken)
    {
        var cleaned = new ConcurrentBag<string>();
        var reports = storage.Container(StorageNames.Reports);
        await Parallel.ForEachAsync(await NamesAsync(StorageNames.Reports, isIncluded, cancellationToken), Options(cancellationToken), async (name, cancellation) =>
        {
            while (await reports.TryReadVersionAsync(name, cancellation) is var (content, read) && clean(content) is { } without)
            {
                if (await without.TryReplaceAsync(reports, name[..^".json".Length], read, cancellation))
                {
                    cleaned.Add($"{StorageNames.Reports}/{name}");
                    return;
                }
            }
        });
        return [.. cleaned.Order(StringComparer.Ordinal)];
    }

    /// <summary>The files of the drop box that have the text, by the gate, which reads them all.</summary>
    private async Task<IReadOnlyList<string>> DroppedFilesAsync(ulong key, CancellationToken cancellationToken)
    {
        var blobs = await storage.Container(StorageNames.Datasets).GetBlobsAsync(cancellationToken: cancellationToken).Where(blob => !blob.Name.EndsWith('/'))
            .ToListAsync(cancellationToken);
        var found = new List<string>();
        foreach (var dataset in blobs.GroupBy(blob => DatasetBlob.Parse(blob.Name).Dataset))
        {
            var manifest = dataset.Where(blob => DatasetBlob.Parse(blob.Name).File == DatasetFile.ManifestName).ToList();
            foreach (var blob in dataset.Except(manifest))
            {
                // File by file: what is wrong with one must not keep another from being read.
                var report = await DatasetGate.CheckAsync(
                    dataset.Key, [.. manifest.Append(blob).Select(File)], forgotten: new HashSet<ulong> { key }, cancellationToken: cancellationToken);
                if (report.Totals.Any(total => total.Code == FindingCode.ForgottenText))
                {
                    found.Add(blob.Name);
                }
            }
        }

        return found;
    }

    private DatasetFile File(BlobItem blob) => new(
        DatasetBlob.Parse(blob.Name).File,
        blob.Properties.ContentLength ?? 0,
        cancellation => storage.Container(StorageNames.Datasets).GetBlobClient(blob.Name).OpenReadAsync(cancellationToken: cancellation));

    private async Task<IReadOnlyList<(string Dataset, string Version)>> SnapshotsAsync(ulong key, CancellationToken cancellationToken)
    {
        var found = new ConcurrentDictionary<(string Dataset, string Version), bool>();
        var names = await NamesAsync(StorageNames.Snapshots, name => name.EndsWith(SnapshotFile.Extension, StringComparison.Ordinal), cancellationToken);
        await Parallel.ForEachAsync(names, Options(cancellationToken), async (name, cancellation) =>
        {
            if (name.Split('/') is [var dataset, var version, _] && !found.ContainsKey((dataset, version)))
            {
                await using var content = await storage.Container(StorageNames.Snapshots).GetBlobClient(name).OpenReadAsync(cancellationToken: cancellation);
                if (SnapshotReader.Read(content).Any(example => IsOf(example, key)))
                {
                    found[(dataset, version)] = true;
                }
            }
        });
        return [.. found.Keys.Order()];
    }

    private async Task<IReadOnlyList<HeldText>> ModelsAsync(IReadOnlyList<(string Dataset, string Version)> snapshots, CancellationToken cancellationToken)
    {
        var held = new List<HeldText>();
        foreach (var model in await models.ListAsync(cancellationToken))
        {
            foreach (var version in await models.VersionsAsync(model.Model, cancellationToken))
            {
                if (snapshots.Contains((version.Dataset, version.DatasetVersion)))
                {
                    var path = $"models/{version.Model}/versions/{version.Version}?confirm={version.Version}";
                    held.Add(new(Holder.ModelVersion, $"{version.Model}/{version.Version}", $"curl -X DELETE -H \"x-functions-key: $key\" \"$API_URL/{path}\""));
                }
            }
        }

        return held;
    }

    private async Task<IReadOnlyList<string>> NamesAsync(string container, Func<string, bool> isIncluded, CancellationToken cancellationToken) =>
        await storage.Container(container).GetBlobsAsync(cancellationToken: cancellationToken).Select(blob => blob.Name).Where(isIncluded).ToListAsync(cancellationToken);

    private static bool IsOf(Example example, ulong key) => (example.Text ?? (example.Tokens is { } words ? string.Join(' ', words) : null)) is { } text && ForgottenTexts.KeyOf(text) == key;

    private static ParallelOptions Options(CancellationToken cancellationToken) => new() { MaxDegreeOfParallelism = ReadsAtOnce, CancellationToken = cancellationToken };

    /// <summary>What a correction and a text to label have in common.</summary>
    private sealed record KeptText(string? Text);
}
