using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Droptune.TrainingJob.Work;

/// <summary>The blobs under a prefix as files of a local folder, and back.</summary>
internal static class BlobFolder
{
    private const int AtOnce = 4;

    /// <summary>Downloads the blobs under <paramref name="prefix"/> (ending in "/"); returns how many there were.</summary>
    public static async Task<int> DownloadAsync(BlobContainerClient container, string prefix, string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var names = await container.GetBlobsAsync(new GetBlobsOptions { Prefix = prefix }, cancellationToken)
            .Select(blob => blob.Name)
            .ToListAsync(cancellationToken);
        await Parallel.ForEachAsync(names, Options(cancellationToken), async (name, cancellation) =>
        {
            var path = Path.Combine(folder, name[prefix.Length..].Replace('/', Path.DirectorySeparatorChar));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await container.GetBlobClient(name).DownloadToAsync(path, cancellation);
        });
        return names.Count;
    }

    /// <summary>Uploads every file of a folder, over what is there.</summary>
    public static Task UploadAsync(BlobContainerClient container, string prefix, string folder, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories),
            Options(cancellationToken),
            async (path, cancellation) =>
            {
                var name = prefix + Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/');
                await container.GetBlobClient(name).UploadAsync(path, overwrite: true, cancellation);
            });

    private static ParallelOptions Options(CancellationToken cancellationToken) =>
        new() { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
}
