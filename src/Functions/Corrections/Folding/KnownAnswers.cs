using Azure;
using Azure.Storage.Blobs.Models;
using Droptune.Core.Datasets.Snapshots;

namespace Droptune.Functions.Corrections.Folding;

/// <summary>What a dataset says already of the texts that corrections are about, and where.</summary>
internal sealed class KnownAnswers
{
    private readonly Dictionary<ulong, List<(Answer Answer, string Place)>> _known = [];

    /// <summary>The feedback files of the dataset in the drop box, of any day.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>Of the accepted snapshot and of feedback files that are not validated yet; streamed, only the texts asked for are kept.</summary>
    public static async Task<KnownAnswers> ReadAsync(
        DroptuneStorage storage, DatasetReport dataset, IReadOnlySet<ulong> texts, CancellationToken cancellationToken)
    {
        var files = await storage.Container(StorageNames.Datasets)
            .GetBlobsAsync(new GetBlobsOptions { Prefix = $"{dataset.Dataset}/feedback-" }, cancellationToken)
            .Select(blob => blob.Name).ToListAsync(cancellationToken);
        var known = new KnownAnswers { Files = files };
        if (texts.Count == 0)
        {
            return known;
        }

        foreach (var file in files)
        {
            var content = await storage.Container(StorageNames.Datasets).GetBlobClient(file).DownloadContentAsync(cancellationToken);
            known.Add(CorrectionFile.Read(content.Value.Content.ToString(), dataset.Manifest), texts, file);
        }

        foreach (var split in Enum.GetValues<Split>())
        {
            var name = SnapshotFile.Folder(dataset.Dataset, dataset.Version) + SnapshotFile.Of(split);
            try
            {
                await using var blob = await storage.Container(StorageNames.Snapshots).GetBlobClient(name).OpenReadAsync(cancellationToken: cancellationToken);
                known.Add(SnapshotReader.Read(blob), texts, $"{StorageNames.Snapshots}/{name}");
            }
            catch (RequestFailedException e) when (e.Status == 404)
            {
                // Nothing read it for so long that it was tidied away: the gate still warns of contradictions.
            }
        }

        return known;
    }

    public IEnumerable<(Answer Answer, string Place)> Of(ulong text) => _known.GetValueOrDefault(text) ?? [];

    private void Add(IEnumerable<Example> examples, IReadOnlySet<ulong> texts, string place)
    {
        foreach (var example in examples)
        {
            var key = Answer.KeyOf(example);
            if (texts.Contains(key))
            {
                (_known.TryGetValue(key, out var answers) ? answers : _known[key] = []).Add((Answer.Of(example), place));
            }
        }
    }
}
