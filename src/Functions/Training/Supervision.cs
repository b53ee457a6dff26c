using Droptune.Functions.Hosting;
using Droptune.Functions.Ingestion;
using Microsoft.Extensions.Options;

namespace Droptune.Functions.Training;

/// <summary>
/// Finds what got lost: runs whose worker fell silent, runs and datasets that wait although no message for them is in the
/// queue, and changes of the drop box of which no event came (a deleted file causes none). They are queued again, or given up
/// after too many attempts; nothing is emptied.
/// </summary>
public sealed class Supervision(
    DroptuneStorage storage, RunStore runs, DatasetStore datasets, DatasetIngestion ingestion, IOptions<PipelineOptions> options, TimeProvider clock,
    ILogger<Supervision> logger)
{
    public async Task SuperviseAsync(CancellationToken cancellationToken)
    {
        await SuperviseRunsAsync(cancellationToken);
        await SuperviseDatasetsAsync(cancellationToken);
    }

    private async Task SuperviseRunsAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var areJobsWaiting = await HasMessagesAsync(StorageNames.TrainingJobs, cancellationToken);
        foreach (var run in (await runs.OpenAsync(cancellationToken)).Reverse()) // the oldest first
        {
            if (run.Waits is not null)
            {
                if ((await runs.QueueAsync(run.Spec, cancellationToken)).Waits is null)
                {
                    logger.LogInformation("Run {RunId} waits no longer: {Reason}", run.RunId, run.Waits);
                }
            }
            else if (run.State == RunState.Running && now - run.HeartbeatAt > options.Value.RunSilence)
            {
                await RescueAsync(run, cancellationToken);
            }
            else if (run.State == RunState.Queued && !areJobsWaiting && now - run.QueuedAt > options.Value.RunSilence)
            {
                logger.LogWarning("Run {RunId} waits, but its message is lost: sent again", run.RunId);
                await runs.QueueAsync(run.Spec, cancellationToken);
            }
        }
    }

    private async Task SuperviseDatasetsAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var areChangesWaiting = await HasMessagesAsync(StorageNames.DatasetChanges, cancellationToken);
        var known = (await datasets.ListAsync(cancellationToken)).ToDictionary(record => record.Dataset);
        var dropped = await DatasetFiles.ListAllAsync(storage, cancellationToken);
        foreach (var dataset in dropped.Keys.Union(known.Keys))
        {
            var (record, files) = (known.GetValueOrDefault(dataset), dropped.GetValueOrDefault(dataset) ?? DatasetFiles.None);
            if (record?.State == DatasetState.Validating)
            {
                if (!areChangesWaiting && now - record.ChangedAt > options.Value.RunSilence + options.Value.QuietPeriod)
                {
                    await RescueAsync(record, files, cancellationToken);
                }
            }
            else if (record?.Fingerprint != files.Fingerprint && (record is null || ResourceName.IsValid(dataset)) && now - files.ChangedAt > options.Value.EventDelay)
            {
                await ingestion.NoteAsync(dataset, "a change without an event", cancellationToken);
            }
        }
    }

    private async Task RescueAsync(RunRecord run, CancellationToken cancellationToken)
    {
        var problem = $"The worker of attempt {run.Attempt} fell silent at {run.HeartbeatAt:u}.";
        if (run.Attempt >= options.Value.RunAttempts)
        {
            logger.LogError("Run {RunId} failed: {Problem}", run.RunId, problem);
            await runs.FailAsync(run.RunId, run.Attempt, problem, cancellationToken);
        }
        else if (await runs.LoseAsync(run.RunId, run.Attempt, problem, cancellationToken))
        {
            // The worker's own message may show up as well: whoever comes second finds the run taken.
            logger.LogWarning("Run {RunId} is queued again: {Problem}", run.RunId, problem);
            await runs.QueueAsync(run.Spec, cancellationToken);
        }
    }

    private async Task RescueAsync(DatasetRecord record, DatasetFiles files, CancellationToken cancellationToken)
    {
        if (record.Problem is { } problem)
        {
            // Its message was tried as often as host.json says, and lies in the poison queue. The next change tries anew.
            logger.LogError("Dataset {Dataset} is given up: {Problem}", record.Dataset, problem);
            await datasets.ConcludeAsync(
                record.Dataset,
                record.ChangeId,
                dataset => dataset with { State = DatasetState.Rejected, Fingerprint = files.Fingerprint },
                cancellationToken);
            return;
        }

        logger.LogWarning("Dataset {Dataset} waits, but its message is lost: sent again", record.Dataset);
        await storage.SendAsync(
            StorageNames.DatasetChanges, new DatasetChange(record.Dataset, record.ChangeId!), cancellationToken: cancellationToken);
    }

    // Hidden messages, those at work among them, are counted too.
    private async Task<bool> HasMessagesAsync(string queue, CancellationToken cancellationToken) =>
        (await storage.Queue(queue).GetPropertiesAsync(cancellationToken)).Value.ApproximateMessagesCount > 0;
}
