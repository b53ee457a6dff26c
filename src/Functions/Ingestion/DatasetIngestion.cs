using System.Diagnostics;
using Droptune.Functions.Hosting;
using Microsoft.Extensions.Options;

namespace Droptune.Functions.Ingestion;

/// <summary>Notes that something was dropped, and lets the validation begin once the dataset has been quiet for a while.</summary>
public sealed class DatasetIngestion(
    DroptuneStorage storage, DatasetStore datasets, IOptions<PipelineOptions> options, ILogger<DatasetIngestion> logger)
{
    /// <summary>Notes the change of a blob of the drop box.</summary>
    public Task NoteAsync(string blobName, CancellationToken cancellationToken)
    {
        var (dataset, file) = DatasetBlob.Parse(blobName);
        return file.Length == 0
            ? Task.CompletedTask // the marker of a folder that some tools create
            : NoteAsync(dataset, file, cancellationToken);
    }

    /// <summary>Notes a change of a dataset: the name of the file, or what else is known of it.</summary>
    public async Task NoteAsync(string dataset, string change, CancellationToken cancellationToken)
    {
        if (ResourceName.Problem(dataset) is { } problem)
        {
            logger.LogWarning("Dataset {Dataset} is rejected ({Change}): {Problem}", dataset, change, problem);
            await datasets.RejectAsync(dataset, problem, cancellationToken);
            return;
        }

        var changeId = await datasets.NoteChangeAsync(dataset, cancellationToken);
        await storage.SendAsync(
            StorageNames.DatasetChanges,
            new DatasetChange(dataset, changeId, Activity.Current?.Id),
            options.Value.QuietPeriod,
            cancellationToken);
        logger.LogInformation("Dataset {Dataset} changed: {Change}", dataset, change);
    }
}

/// <summary>
/// The message in <c>dataset-changes</c>: a dataset changed and should be quiet by the time this is seen.
/// </summary>
/// <param name="Dataset">The dataset's name.</param>
/// <param name="ChangeId">The change as the dataset's record has it, while no later one was noticed.</param>
/// <param name="Traceparent">W3C trace context of the sender.</param>
public sealed record DatasetChange(string Dataset, string ChangeId, string? Traceparent = null);
