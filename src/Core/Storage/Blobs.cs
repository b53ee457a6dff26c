using Azure;
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

    /// <summary>Writes a blob over what was read of it; false when it has changed since, or is gone.</summary>
    public static async Task<bool> TryReplaceAsync(
        this BlobContainerClient container, string name, string contentType, BinaryData content, ETag read, CancellationToken cancellationToken)
    {
        var unchanged = new BlobUploadOptions
        {
            HttpHeaders = new BlobHttpHeaders { ContentType = contentType },
            Conditions = new BlobRequestConditions { IfMatch = read },
        };
        try
        {
            await container.GetBlobClient(name).UploadAsync(content, unchanged, cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.ConditionNotMet || e.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return false;
        }
    }

    /// <summary>What a blob holds; null when it is gone: a list of blobs is old as soon as it is there.</summary>
    public static async Task<BinaryData?> TryReadAsync(this BlobContainerClient container, string name, CancellationToken cancellationToken) =>
        (await container.TryReadVersionAsync(name, cancellationToken))?.Content;

    /// <summary>The same, with what <see cref="TryReplaceAsync"/> knows it by.</summary>
    public static async Task<(BinaryData Content, ETag ETag)?> TryReadVersionAsync(
        this BlobContainerClient container, string name, CancellationToken cancellationToken)
    {
        try
        {
            var read = (await container.GetBlobClient(name).DownloadContentAsync(cancellationToken)).Value;
            return (read.Content, read.Details.ETag);
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return null;
        }
    }

    /// <summary>Deletes the blobs under a prefix, or those of them that <paramref name="isIncluded"/> names.</summary>
    public static async Task DeleteFolderAsync(
        this BlobContainerClient container, string prefix, CancellationToken cancellationToken, Func<string, bool>? isIncluded = null)
    {
        var names = await container.GetBlobsAsync(new GetBlobsOptions { Prefix = prefix }, cancellationToken)
            .Select(blob => blob.Name).Where(name => isIncluded is null || isIncluded(name)).ToListAsync(cancellationToken);
        foreach (var name in names)
        {
            await container.GetBlobClient(name).DeleteIfExistsAsync(cancellationToken: cancellationToken);
        }
    }

    /// <summary>Writes a blob unless it is there; false when it is.</summary>
    public static async Task<bool> TryCreateAsync(
        this BlobContainerClient container, string name, string contentType, Stream content, CancellationToken cancellationToken)
    {
        var once = new BlobUploadOptions
        {
            HttpHeaders = new BlobHttpHeaders { ContentType = contentType },
            Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
        };
        try
        {
            await container.GetBlobClient(name).UploadAsync(content, once, cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.BlobAlreadyExists)
        {
            return false;
        }
    }
}
