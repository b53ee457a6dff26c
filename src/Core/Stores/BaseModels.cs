using Azure.Storage.Blobs.Models;
using Droptune.Core.Models;
using Droptune.Core.Storage;

namespace Droptune.Core.Stores;

/// <summary>
/// The base models of the account, folders of <c>base-models</c> in Hugging Face layout, and the built-in one; a folder of
/// its name stands before it.
/// </summary>
public sealed class BaseModels(DroptuneStorage storage)
{
    /// <summary>What a tokenizer is made of; the weights stay where they are.</summary>
    private static readonly string[] TokenizerFiles = [ModelFileNames.Config, ModelFileNames.Vocabulary, ModelFileNames.Tokenizer, ModelFileNames.TokenizerConfig];

    /// <summary>The names of all base models of the account.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken)
    {
        var options = new GetBlobsByHierarchyOptions { Delimiter = "/" };
        return await storage.Container(StorageNames.BaseModels).GetBlobsByHierarchyAsync(options, cancellationToken)
            .Where(item => item.IsPrefix)
            .Select(item => item.Prefix.TrimEnd('/'))
            .ToListAsync(cancellationToken);
    }

    /// <summary>What a run starts from that names no base model: the first one of the account by name, the built-in one where it holds none.</summary>
    private async Task<string> DefaultAsync(CancellationToken cancellationToken) =>
        await ListAsync(cancellationToken) is [var first, ..] ? first : BaseModel.BuiltIn;

    /// <summary>
    /// Downloads what the gate needs of a base model (null = the default one) below <paramref name="folder"/>; null when
    /// there is no such model.
    /// </summary>
    /// <exception cref="InvalidDataException">The model has no weights, or damaged ones.</exception>
    public async Task<FoundBaseModel?> DownloadTokenizerAsync(string? name, string folder, CancellationToken cancellationToken)
    {
        name ??= await DefaultAsync(cancellationToken);
        var container = storage.Container(StorageNames.BaseModels);
        var files = await container.GetBlobsAsync(new GetBlobsOptions { Prefix = $"{name}/" }, cancellationToken)
            .Select(blob => blob.Name[(name.Length + 1)..])
            .ToListAsync(cancellationToken);
        if (files.Count == 0)
        {
            return name == BaseModel.BuiltIn ? new(name, BuiltInBase.Folder) : null;
        }

        if (!files.Exists(file => file.EndsWith(".safetensors", StringComparison.Ordinal)))
        {
            throw new InvalidDataException($"Base model '{name}' has no weights (model.safetensors), but {string.Join(", ", files.Take(10))}.");
        }

        var target = Directory.CreateDirectory(Path.Combine(folder, "base-model", name)).FullName;
        foreach (var weights in files.Where(file => file.EndsWith(".safetensors", StringComparison.Ordinal)))
        {
            await using var stream = await container.GetBlobClient($"{name}/{weights}").OpenReadAsync(cancellationToken: cancellationToken);
            SafeTensorsHeader.Read(stream, stream.Length, $"{name}/{weights}");
        }

        foreach (var file in TokenizerFiles.Intersect(files))
        {
            await container.GetBlobClient($"{name}/{file}").DownloadToAsync(Path.Combine(target, file), cancellationToken);
        }

        return new(name, target);
    }
}
