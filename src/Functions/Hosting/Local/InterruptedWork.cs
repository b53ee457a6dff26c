using Droptune.Functions.Ingestion;

namespace Droptune.Functions.Hosting.Local;

/// <summary>
/// What a killed process had in hand: the SDK hides a message for ten minutes while a function works on it, and nobody else can
/// bring it back. So its work is asked for once more when the next process starts; every step may run twice.
/// </summary>
public sealed class InterruptedWork(DroptuneStorage storage, DatasetStore datasets, ModelStore models)
{
    private const int MostPeeked = 32;

    public async Task ResumeAsync(CancellationToken cancellationToken)
    {
        if (await HidesMessagesAsync(StorageNames.DatasetChanges, cancellationToken))
        {
            foreach (var record in (await datasets.ListAsync(cancellationToken)).Where(record => record.State == DatasetState.Validating))
            {
                await storage.SendAsync(StorageNames.DatasetChanges, new DatasetChange(record.Dataset, record.ChangeId!), cancellationToken: cancellationToken);
            }
        }

        if (await HidesMessagesAsync(StorageNames.EvaluationRequests, cancellationToken))
        {
            foreach (var model in await models.ListAsync(cancellationToken))
            {
                await storage.SendAsync(StorageNames.EvaluationRequests, new EvaluationRequest(model.Model), cancellationToken: cancellationToken);
            }
        }
    }

    private async Task<bool> HidesMessagesAsync(string queue, CancellationToken cancellationToken)
    {
        var all = (await storage.Queue(queue).GetPropertiesAsync(cancellationToken)).Value.ApproximateMessagesCount;
        return all > 0 && all > (await storage.Queue(queue).PeekMessagesAsync(MostPeeked, cancellationToken)).Value.Length;
    }
}
