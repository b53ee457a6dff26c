using Azure.Storage.Blobs.Models;
using Droptune.Core.Hub;
using Droptune.Core.Models;
using Droptune.Core.Storage;
using Droptune.Core.Text.Loading;

namespace Droptune.Core.Stores;

/// <summary>
/// The base models of the account, folders of <c>base-models</c> in Hugging Face layout, those of the hub, and the built-in one; a folder of
/// its name stands before it.
/// </summary>
public sealed class BaseModels(DroptuneStorage storage, HubModels hub)
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

    /// <summary>The first base model that an operator brought, which a run starts from that names none; null = there is none, the hub's copies aside.</summary>
    public static string? First(IReadOnlyList<string> names) => names.FirstOrDefault(name => HubName.OfFolder(name) is null);

    /// <summary>
    /// Downloads what the gate needs of a base model (null = the default one) below <paramref name="folder"/>; null when
    /// there is no such model.
    /// </summary>
    /// <exception cref="InvalidDataException">The model has no weights, or damaged ones.</exception>
    /// <exception cref="HubException">The hub does not give it, or it is no model that could be trained.</exception>
    public async Task<FoundBaseModel?> DownloadTokenizerAsync(string? name, string folder, CancellationToken cancellationToken)
    {
        name = name is null ? First(await ListAsync(cancellationToken)) ?? BaseModel.BuiltIn : await hub.PinAsync(name, cancellationToken);
        var container = storage.Container(StorageNames.BaseModels);
        var files = await container.GetBlobsAsync(new GetBlobsOptions { Prefix = $"{name}/" }, cancellationToken)
            .Select(blob => blob.Name[(name.Length + 1)..])
            .ToListAsync(cancellationToken);
        if (files.Count == 0 && HubName.Parse(name) is { } model)
        {
            var copy = Path.Combine(folder, "base-model", model.Folder);
            await hub.FetchAsync(model, copy, withWeights: false, cancellationToken);
            return new(name, copy);
        }

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

        if (TokenizerFolder.Lack(files.Contains, name) is { } lack)
        {
            throw new InvalidDataException($"Base model '{name}' {lack}.");
        }

        foreach (var file in TokenizerFiles.Intersect(files))
        {
            await container.GetBlobClient($"{name}/{file}").DownloadToAsync(Path.Combine(target, file), cancellationToken);
        }

        return new(name, target);
    }
}
