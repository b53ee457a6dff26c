using System.Security.Cryptography;
using System.Text;
using Azure.Storage.Blobs.Models;
using Droptune.Core.Datasets;
using Droptune.Core.Storage;

namespace Droptune.Core.Pipeline;

/// <summary>
/// The files of a dataset as they lie in the drop box at one moment. Opening one that was changed since then fails with
/// status 412 (404 when it was deleted), so that no half-changed dataset is read.
/// </summary>
public sealed record DatasetFiles(IReadOnlyList<DatasetFile> Files, DateTimeOffset ChangedAt, string Fingerprint)
{
    private const int ReadAhead = 4 << 20; // bytes a request; the gate streams

    public static async Task<DatasetFiles> ListAsync(DroptuneStorage storage, string dataset, CancellationToken cancellationToken)
    {
        var container = storage.Container(StorageNames.Datasets);
        var files = new List<DatasetFile>();
        var changedAt = DateTimeOffset.MinValue;
        var fingerprint = new StringBuilder();
        foreach (var prefix in new[] { $"{dataset}.", $"{dataset}/" })
        {
            await foreach (var blob in container.GetBlobsAsync(new GetBlobsOptions { Prefix = prefix }, cancellationToken))
            {
                var (owner, name) = DatasetBlob.Parse(blob.Name);
                if (owner != dataset || name.Length == 0)
                {
                    continue;
                }

                var etag = blob.Properties.ETag!.Value;
                changedAt = blob.Properties.LastModified is { } modified && modified > changedAt ? modified : changedAt;
                fingerprint.Append(blob.Name).Append('\n').Append(etag).Append('\n');
                files.Add(new DatasetFile(
                    name,
                    blob.Properties.ContentLength ?? 0,
                    cancellation => container.GetBlobClient(blob.Name).OpenReadAsync(
                        new BlobOpenReadOptions(allowModifications: false)
                        {
                            BufferSize = ReadAhead,
                            Conditions = new BlobRequestConditions { IfMatch = etag },
                        },
                        cancellation)));
            }
        }

        return new(files, changedAt, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(fingerprint.ToString()))));
    }
}
