using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Droptune.Core.Storage;

/// <summary>Small documents in containers.</summary>
public static class Blobs
{
    /// <summary>Writes a blob, over what is there.</summary>
    public static async Task PutAsync(
        this BlobContainerClient container, string name, string contentType, BinaryData content, CancellationToken cancellationToken) =>
        await container.GetBlobClient(name).UploadAsync(
            content, new BlobUploadOptions { HttpHeaders = new BlobHttpHeaders { ContentType = contentType } }, cancellationToken);
}
