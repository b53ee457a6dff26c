using Azure.Storage.Blobs.Models;
using Droptune.Core.Storage;

namespace Droptune.Core.Pipeline;

/// <summary>The base models of the account: folders of <c>base-models</c> in Hugging Face layout.</summary>
public sealed class BaseModels(DroptuneStorage storage)
{
    /// <summary>What a tokenizer is made of; the weights stay where they are.</summary>
    private static readonly string[] TokenizerFiles = ["config.json", "vocab.txt", "tokenizer.json", "tokenizer_config.json"];

    /// <summary>The names of all base models.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken)
    {
        var options = new GetBlobsByHierarchyOptions { Delimiter = "/" };
        return await storage.Container(StorageNames.BaseModels).GetBlobsByHierarchyAsync(options, cancellationToken)
            .Where(item => item.IsPrefix)
            .Select(item => item.Prefix.TrimEnd('/'))
            .ToListAsync(cancellationToken);
    }

    /// <summary>Downloads the tokenizer of a base model below <paramref name="folder"/>; null when there is no such model.</summary>
    public async Task<string?> DownloadTokenizerAsync(string name, string folder, CancellationToken cancellationToken)
    {
        var container = storage.Container(StorageNames.BaseModels);
        var target = Path.Combine(folder, "base-model");
        Directory.CreateDirectory(target);
        var isThere = false;
        foreach (var file in TokenizerFiles)
        {
            var blob = container.GetBlobClient($"{name}/{file}");
            if (await blob.ExistsAsync(cancellationToken))
            {
                await blob.DownloadToAsync(Path.Combine(target, file), cancellationToken);
                isThere = true;
            }
        }

        return isThere ? target : null;
    }
}
