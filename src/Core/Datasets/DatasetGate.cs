using Droptune.Core.Datasets.Checking;

namespace Droptune.Core.Datasets;

/// <summary>
/// Checks a dataset before any training second is spent on it: streams its files, reports every finding, and writes the
/// canonical snapshot as it goes. Bad data is never an exception.
/// </summary>
public static class DatasetGate
{
    /// <summary>
    /// Checks <paramref name="files"/>, a manifest among them or not, and writes <c>{train,dev,test}.jsonl.gz</c> to
    /// <paramref name="snapshotFolder"/>; they are only worth keeping when the report says accepted. Null = check only.
    /// With the vocabulary of the base model that <paramref name="baseModels"/> finds, lengths are counted in pieces.
    /// </summary>
    public static async Task<DatasetReport> CheckAsync(
        string dataset, IReadOnlyList<DatasetFile> files, string? snapshotFolder = null, BaseModelFinder? baseModels = null,
        CancellationToken cancellationToken = default)
    {
        var log = new FindingLog();
        var manifest = await ManifestReader.ReadAsync(files, log, cancellationToken);
        var tokenizer = await BaseModelReader.ReadAsync(manifest, baseModels, log, cancellationToken);

        // Train comes last: of a text that is in two splits, the copy in train is the one to report.
        var data = files.Where(file => file.Name != DatasetFile.ManifestName)
            .OrderBy(file => SplitPlan.NamedSplit(file.Name) is null or Split.Train)
            .ThenBy(file => file.Name, StringComparer.Ordinal).ToList();
        return await Task.Run(() => new GateRun(dataset, data, manifest, tokenizer, log, cancellationToken).Check(snapshotFolder), cancellationToken);
    }
}
