using Droptune.Functions.Hosting;

namespace Droptune.Functions.Ingestion;

/// <summary>A dataset has been quiet: validates it, stores its snapshot and queues the training.</summary>
public sealed class ValidateDataset(DatasetValidation validation, QueueMessages messages)
{
    [Function(nameof(ValidateDataset))]
    public async Task RunAsync(
        [QueueTrigger(StorageNames.DatasetChanges, Connection = StorageNames.Connection)] string message, CancellationToken cancellationToken)
    {
        if (await messages.ReadAsync<DatasetChange>(StorageNames.DatasetChanges, message, change => change.Dataset, cancellationToken) is { } change)
        {
            using var span = Tracing.Start("validate", change.Traceparent, ("dataset", change.Dataset));
            await span.RunAsync(() => validation.ValidateAsync(change, cancellationToken));
        }
    }
}
