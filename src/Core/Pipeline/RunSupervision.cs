using Droptune.Core.Jobs;
using Droptune.Core.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Droptune.Core.Pipeline;

/// <summary>
/// Finds what got lost: runs whose worker fell silent, and runs and datasets that wait although no message for them is in
/// the queue. They are queued again, or failed after too many attempts; nothing is emptied.
/// </summary>
public sealed class RunSupervision(
    DroptuneStorage storage, RunStore runs, DatasetStore datasets, IOptions<PipelineOptions> options, TimeProvider clock, ILogger<RunSupervision> logger)
{
    public async Task SuperviseAsync(CancellationToken cancellationToken)
    {
        var silence = options.Value.RunSilence;
        var now = clock.GetUtcNow();
        var areJobsWaiting = await HasMessagesAsync(StorageNames.TrainingJobs, cancellationToken);
        foreach (var run in await runs.ListAsync(cancellationToken))
        {
            if (run.State == RunState.Running && now - run.HeartbeatAt > silence)
            {
                await RescueAsync(run, cancellationToken);
            }
            else if (run.State == RunState.Queued && !areJobsWaiting && now - run.QueuedAt > silence)
            {
                logger.LogWarning("Run {RunId} waits, but its message is lost: sent again", run.RunId);
                await runs.QueueAsync(run.Spec, cancellationToken);
            }
        }

        var areChangesWaiting = await HasMessagesAsync(StorageNames.DatasetChanges, cancellationToken);
        foreach (var dataset in await datasets.ListAsync(cancellationToken))
        {
            if (dataset.State == DatasetState.Validating && !areChangesWaiting && now - dataset.ChangedAt > silence + options.Value.QuietPeriod)
            {
                await RescueAsync(dataset, cancellationToken);
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
        else if (await runs.RetryAsync(run.RunId, run.Attempt, problem, cancellationToken))
        {
            // The worker's own message may show up as well: whoever comes second finds the run taken.
            logger.LogWarning("Run {RunId} is queued again: {Problem}", run.RunId, problem);
            await runs.QueueAsync(run.Spec, cancellationToken);
        }
    }

    private async Task RescueAsync(DatasetRecord dataset, CancellationToken cancellationToken)
    {
        if (dataset.Problem is { } problem)
        {
            // Its message was tried as often as host.json says, and lies in the poison queue.
            logger.LogError("Dataset {Dataset} is given up: {Problem}", dataset.Dataset, problem);
            await datasets.ConcludeAsync(
                dataset.Dataset, dataset.ChangeId, record => record with { State = DatasetState.Rejected }, cancellationToken);
            return;
        }

        logger.LogWarning("Dataset {Dataset} waits, but its message is lost: sent again", dataset.Dataset);
        await storage.SendAsync(
            StorageNames.DatasetChanges, new DatasetChange(dataset.Dataset, dataset.ChangeId!), cancellationToken: cancellationToken);
    }

    // Hidden messages, those at work among them, are counted too.
    private async Task<bool> HasMessagesAsync(string queue, CancellationToken cancellationToken) =>
        (await storage.Queue(queue).GetPropertiesAsync(cancellationToken)).Value.ApproximateMessagesCount > 0;
}
