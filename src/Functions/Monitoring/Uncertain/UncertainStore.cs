using System.IO.Hashing;
using Azure.Storage.Blobs.Models;
using Microsoft.Extensions.Options;

namespace Droptune.Functions.Monitoring.Uncertain;

/// <summary>
/// The least certain texts in the container <c>uncertain</c>: <c>{model}/{score}-{hash of the text}.json</c>, so that they are
/// listed with the least certain first. No more are kept, and none longer, than the settings say.
/// </summary>
public sealed class UncertainStore(DroptuneStorage storage, ForgottenTexts forgotten, IOptions<UncertainOptions> options, TimeProvider clock)
{
    /// <summary>Adds texts to those of a model, and deletes the surest ones and the old ones that are too many.</summary>
    public async Task AddAsync(string model, IReadOnlyList<UncertainText> texts, CancellationToken cancellationToken)
    {
        var container = storage.Container(StorageNames.Uncertain);
        foreach (var text in texts)
        {
            var hash = XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(text.Text));
            var name = string.Create(CultureInfo.InvariantCulture, $"{model}/{text.Score:0.0000}-{hash:x16}.json");
            await container.PutAsync(name, "application/json", BinaryData.FromObjectAsJson(text, DroptuneJson.Compact), cancellationToken);
            if (await forgotten.HasAsync(text.Text, cancellationToken))
            {
                await container.GetBlobClient(name).DeleteIfExistsAsync(cancellationToken: cancellationToken);
            }
        }

        var oldest = clock.GetUtcNow().AddDays(-options.Value.Days);
        var kept = 0;
        foreach (var blob in await BlobsAsync(model, cancellationToken))
        {
            if (blob.Properties.LastModified < oldest || ++kept > options.Value.Most)
            {
                await container.GetBlobClient(blob.Name).DeleteIfExistsAsync(cancellationToken: cancellationToken);
            }
        }
    }

    /// <summary>The texts of a model, the least certain first.</summary>
    public async Task<IReadOnlyList<UncertainText>> ListAsync(string model, int limit, CancellationToken cancellationToken)
    {
        var texts = new List<UncertainText>();
        foreach (var blob in (await BlobsAsync(model, cancellationToken)).Take(limit))
        {
            if (await storage.Container(StorageNames.Uncertain).TryReadAsync(blob.Name, cancellationToken) is { } content)
            {
                texts.Add(content.ToObjectFromJson<UncertainText>(DroptuneJson.Compact)!);
            }
        }

        return texts;
    }

    private async Task<List<BlobItem>> BlobsAsync(string model, CancellationToken cancellationToken) =>
        await storage.Container(StorageNames.Uncertain).GetBlobsAsync(new GetBlobsOptions { Prefix = $"{model}/" }, cancellationToken)
            .ToListAsync(cancellationToken);
}
