using System.Diagnostics;
using Droptune.Core.Jobs;
using Droptune.Core.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Droptune.Core.Pipeline;

/// <summary>Notes that something was dropped, and lets the validation begin once the dataset has been quiet for a while.</summary>
public sealed class DatasetIngestion(
    DroptuneStorage storage, DatasetStore datasets, IOptions<PipelineOptions> options, ILogger<DatasetIngestion> logger)
{
    public async Task NoteAsync(string blobName, CancellationToken cancellationToken)
    {
        var (dataset, file) = DatasetBlob.Parse(blobName);
        if (file.Length == 0)
        {
            return; // the marker of a folder that some tools create
        }

        if (ResourceName.Problem(dataset) is { } problem)
        {
            logger.LogWarning("{Blob} is no file of a dataset: {Problem}", blobName, problem);
            await datasets.RejectAsync(dataset, problem, cancellationToken);
            return;
        }

        var changeId = await datasets.NoteChangeAsync(dataset, cancellationToken);
        await storage.SendAsync(
            StorageNames.DatasetChanges,
            new DatasetChange(dataset, changeId, Activity.Current?.Id),
            options.Value.QuietPeriod,
            cancellationToken);
        logger.LogInformation("Dataset {Dataset}: {File} was dropped", dataset, file);
    }
}
