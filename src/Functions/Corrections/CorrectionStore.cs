using Azure;
using Azure.Storage.Blobs.Models;

namespace Droptune.Functions.Corrections;

/// <summary>
/// The corrections in the container <c>feedback</c>. None is ever changed, nor deleted unless its text is to be forgotten or
/// its model goes; one that was folded says so in its metadata.
/// </summary>
public sealed class CorrectionStore(DroptuneStorage storage, TimeProvider clock)
{
    private const string FoldedKey = "folded";
    private const int ReadsAtOnce = 16;

    /// <summary>Keeps a correction; the same one again within a day is the one that is there, and says what became of it.</summary>
    public async Task<(Correction Correction, bool IsNew)> AddAsync(string model, Example example, CancellationToken cancellationToken)
    {
        var name = $"{model}/{clock.GetUtcNow():yyyy-MM-dd}/{Correction.IdOf(example)}.json";
        var container = storage.Container(StorageNames.Feedback);
        var content = BinaryData.FromObjectAsJson(example, DroptuneJson.Compact).ToStream();
        if (await container.TryCreateAsync(name, "application/json", content, cancellationToken))
        {
            return (new(name, example), true);
        }

        var properties = await container.GetBlobClient(name).GetPropertiesAsync(cancellationToken: cancellationToken);
        return (new(name, example, properties.Value.Metadata.TryGetValue(FoldedKey, out var place) ? place : null), false);
    }

    /// <summary>How many corrections of a model wait, and how many were folded; no correction is read.</summary>
    public async Task<(int Waiting, int Folded)> CountAsync(string model, CancellationToken cancellationToken)
    {
        var blobs = await BlobsOf(model, cancellationToken).ToListAsync(cancellationToken);
        return (blobs.Count(IsWaiting), blobs.Count(blob => !IsWaiting(blob)));
    }

    /// <summary>The corrections of a model that wait, by day.</summary>
    public async Task<IReadOnlyList<Correction>> WaitingAsync(string model, CancellationToken cancellationToken)
    {
        var names = await BlobsOf(model, cancellationToken).Where(IsWaiting).Select(blob => blob.Name).ToListAsync(cancellationToken);
        var corrections = new Correction?[names.Count];
        var atOnce = new ParallelOptions { MaxDegreeOfParallelism = ReadsAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, names.Count, atOnce, async (i, cancellation) =>
        {
            if (await storage.Container(StorageNames.Feedback).TryReadAsync(names[i], cancellation) is { } content)
            {
                corrections[i] = new(names[i], content.ToObjectFromJson<Example>(DroptuneJson.Compact)!);
            }
        });
        return [.. corrections.OfType<Correction>()];
    }

    /// <summary>Notes where a correction is now: it waits no longer.</summary>
    public async Task MarkAsync(Correction correction, string place, CancellationToken cancellationToken)
    {
        try
        {
            await storage.Container(StorageNames.Feedback).GetBlobClient(correction.Blob).SetMetadataAsync(
                new Dictionary<string, string> { [FoldedKey] = place }, cancellationToken: cancellationToken);
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            // It was deleted meanwhile: nothing waits.
        }
    }

    /// <summary>Deletes a correction whose text is to be forgotten.</summary>
    public Task DeleteAsync(Correction correction, CancellationToken cancellationToken) =>
        storage.Container(StorageNames.Feedback).GetBlobClient(correction.Blob).DeleteIfExistsAsync(cancellationToken: cancellationToken);

    private static bool IsWaiting(BlobItem blob) => !blob.Metadata.ContainsKey(FoldedKey);

    private AsyncPageable<BlobItem> BlobsOf(string model, CancellationToken cancellationToken) =>
        storage.Container(StorageNames.Feedback).GetBlobsAsync(
            new GetBlobsOptions { Prefix = $"{model}/", Traits = BlobTraits.Metadata }, cancellationToken);
}
