using Azure.Storage.Blobs;
using Droptune.Core.Models;
using Droptune.Core.Storage;
using Droptune.Core.Stores;
using Droptune.Functions.Hosting.Local.Processes;
using Microsoft.Extensions.Configuration;

namespace Droptune.Bench.Serving;

/// <summary>A storage account in memory with models in production, until the input ends: each folder as NAME and as NAME-int8.</summary>
internal static class Storage
{
    private const string Version = "bench";

    public static async Task RunAsync(IEnumerable<string> folders)
    {
        const string Account = "bench:ZHJvcHR1bmU=";
        await using var azurite = await AzuriteProcess.StartAsync((0, 0, 0), dataFolder: null, Account, Console.Error.WriteLine, default);
        var endpoints = azurite.Addresses.Select(service => $"{service.Key}Endpoint={new Uri(service.Value, "bench")}");
        var connection = $"DefaultEndpointsProtocol=http;AccountName=bench;AccountKey=ZHJvcHR1bmU=;{string.Join(';', endpoints)}";
        var settings = new Dictionary<string, string?> { [StorageNames.Connection] = connection };
        var storage = DroptuneStorage.From(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        await storage.EnsureCreatedAsync();
        foreach (var folder in folders)
        {
            var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(folder));
            await PublishAsync(storage, folder, name, ModelFileNames.Onnx);
            await PublishAsync(storage, folder, $"{name}-int8", ModelFileNames.Int8Onnx);
        }

        Console.WriteLine(connection);
        await Console.In.ReadToEndAsync();
    }

    private static async Task PublishAsync(DroptuneStorage storage, string folder, string model, string served)
    {
        var config = ModelConfig.Load(folder);
        var scratch = Directory.CreateTempSubdirectory("droptune-bench-").FullName;
        (config with { Droptune = (config.Droptune ?? new() { Task = config.Task }) with { ServedFile = served } }).Save(scratch);
        string[] files = [Path.Combine(scratch, ModelFileNames.Config), .. new[] { "vocab.txt", "tokenizer_config.json", served }.Select(f => Path.Combine(folder, f))];
        BlobContainerClient models = storage.Container(StorageNames.Models);
        foreach (var file in files)
        {
            await models.GetBlobClient(ModelStore.Folder(model, Version) + Path.GetFileName(file)).UploadAsync(file, overwrite: true);
        }

        Directory.Delete(scratch, recursive: true);
        var store = new ModelStore(storage, TimeProvider.System);
        await store.AddVersionAsync(
            new()
            {
                Model = model,
                Version = Version,
                RunId = Version,
                Dataset = model,
                DatasetVersion = Version,
                Task = config.Task,
                CreatedAt = TimeProvider.System.GetUtcNow(),
            },
            default);
        await store.PromoteAsync(model, Version, "benchmark", default);
    }
}
