using System.Security.Cryptography;
using Azure.Storage.Blobs.Models;

namespace Droptune.Functions.Ingestion;

/// <summary>
/// The files of a dataset as they lie in the drop box at one moment. Opening one that was changed since then fails with
/// status 412 (404 when it was deleted), so that no half-changed dataset is read.
/// </summary>
public sealed record DatasetFiles(IReadOnlyList<DatasetFile> Files, DateTimeOffset ChangedAt, string Fingerprint)
{
    private const int ReadAhead = 4 << 20; // bytes a request; the gate streams

    /// <summary>A dataset whose files were all deleted.</summary>
    public static DatasetFiles None { get; } = new([], DateTimeOffset.MinValue, FingerprintOf(""));

    /// <summary>The files of one dataset.</summary>
    public static async Task<DatasetFiles> ListAsync(DroptuneStorage storage, string dataset, CancellationToken cancellationToken)
    {
        var blobs = new List<BlobItem>();
        foreach (var prefix in new[] { $"{dataset}.", $"{dataset}/" })
        {
            blobs.AddRange(await BlobsAsync(storage, prefix, cancellationToken));
        }

        return Of(storage, blobs.Where(blob => DatasetBlob.Parse(blob.Name).Dataset == dataset));
    }

    /// <summary>The files of every dataset that has any, whatever its name.</summary>
    public static async Task<IReadOnlyDictionary<string, DatasetFiles>> ListAllAsync(DroptuneStorage storage, CancellationToken cancellationToken) =>
        (await BlobsAsync(storage, prefix: null, cancellationToken))
            .GroupBy(blob => DatasetBlob.Parse(blob.Name).Dataset)
            .ToDictionary(dataset => dataset.Key, dataset => Of(storage, dataset));

    // Without the markers of folders that some tools create.
    private static async Task<List<BlobItem>> BlobsAsync(DroptuneStorage storage, string? prefix, CancellationToken cancellationToken) =>
        await storage.Container(StorageNames.Datasets).GetBlobsAsync(new GetBlobsOptions { Prefix = prefix }, cancellationToken)
            .Where(blob => !blob.Name.EndsWith('/'))
            .ToListAsync(cancellationToken);

    private static DatasetFiles Of(DroptuneStorage storage, IEnumerable<BlobItem> blobs)
    {
        var ordered = blobs.OrderBy(blob => blob.Name, StringComparer.Ordinal).ToList();
        var names = string.Concat(ordered.Select(blob => $"{blob.Name}\n{blob.Properties.ETag}\n"));
        return new(
            [.. ordered.Select(blob => File(storage, blob))],
            ordered.Max(blob => blob.Properties.LastModified) ?? DateTimeOffset.MinValue,
            FingerprintOf(names));
    }

    private static string FingerprintOf(string names) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(names)));

    private static DatasetFile File(DroptuneStorage storage, BlobItem blob)
    {
        var client = storage.Container(StorageNames.Datasets).GetBlobClient(blob.Name);
        var unchanged = new BlobOpenReadOptions(allowModifications: false)
        {
            BufferSize = ReadAhead,
            Conditions = new BlobRequestConditions { IfMatch = blob.Properties.ETag },
        };
        return new(DatasetBlob.Parse(blob.Name).File, blob.Properties.ContentLength ?? 0, cancellation => client.OpenReadAsync(unchanged, cancellation));
    }
}
