using Droptune.Core.Inference;
using Droptune.Core.Storage;
using Droptune.Core.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Droptune.Functions.Tests;

/// <summary>A joint model that knows cities, dates and intents by heart.</summary>
internal static class TestModel
{
    /// <summary>Of the version that is added, unless told otherwise.</summary>
    public const string Version = "0123456789ab";

    /// <summary>Stores a version in the storage account of a host and, unless told otherwise, serves it.</summary>
    public static async Task AddAsync(
        IServiceProvider host, string model, string version = Version, bool isServed = true, string dataset = "none", string datasetVersion = "0",
        OutOfFoldAnswers? outOfFold = null)
    {
        var container = host.GetRequiredService<DroptuneStorage>().Container(StorageNames.Models);
        foreach (var file in Directory.GetFiles(TestData.PathOf("models", "lexicon")))
        {
            await container.GetBlobClient(ModelStore.Folder(model, version) + Path.GetFileName(file)).UploadAsync(file, overwrite: true);
        }

        if (outOfFold is not null)
        {
            await container.GetBlobClient(ModelStore.Folder(model, version) + ModelFileNames.OutOfFold)
                .UploadAsync(new BinaryData(JsonSerializer.SerializeToUtf8Bytes(outOfFold, DroptuneJson.Compact)));
        }

        var models = host.GetRequiredService<ModelStore>();
        await models.AddVersionAsync(
            new ModelVersionRecord
            {
                Model = model,
                Version = version,
                RunId = version + "0000",
                Dataset = dataset,
                DatasetVersion = datasetVersion,
                Task = TaskKind.Joint,
                CreatedAt = TimeProvider.System.GetUtcNow(),
                Metrics = new Dictionary<string, double> { ["dev.f1"] = 0.9 },
                DevTrained = outOfFold is not null,
            },
            CancellationToken.None);
        if (isServed)
        {
            await models.PromoteAsync(model, version, "test", CancellationToken.None);
        }
    }
}
