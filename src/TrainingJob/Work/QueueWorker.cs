using System.Diagnostics;
using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Logging;

namespace Droptune.TrainingJob.Work;

/// <summary>
/// Serves <c>training-jobs</c>, one message at a time. A message is deleted once its run has ended, and shows up again
/// when its worker dies. A message's delivery count counts failures only: whoever gives a job back untried sends it anew.
/// </summary>
public sealed class QueueWorker(
    DroptuneStorage storage, RunStore runs, TrainingBudget budget, TrainingRun training, WorkerOptions options, TimeProvider clock, ILogger<QueueWorker> logger)
{
    private readonly QueueClient _queue = storage.RawQueue(StorageNames.TrainingJobs);

    /// <summary>
    /// Serves until told to stop; with <paramref name="once"/> it takes one message, or none, and returns. False: a job failed.
    /// </summary>
    public async Task<bool> RunAsync(bool once, CancellationToken stop)
    {
        var (isReachable, allWell) = (true, true);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                QueueMessage? message = await _queue.ReceiveMessageAsync(options.Visibility, stop);
                isReachable = true;
                if (message is not null)
                {
                    allWell &= await HandleAsync(message, stop);
                }

                if (once)
                {
                    break;
                }

                if (message is null)
                {
                    await Task.Delay(options.PollEvery, clock, stop);
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e) when (!once && (e is RequestFailedException || StorageFailure.Is(e)))
            {
                if (isReachable)
                {
                    logger.LogWarning("The queue {Queue} cannot be read, trying on: {Reason}", _queue.Name, StorageFailure.Reason(e));
                }

                isReachable = false;
                await Task.Delay(options.RetryAfter, clock, stop);
            }
        }

        return allWell;
    }

    /// <summary>Whatever a message holds, the worker lives: what cannot be handled is tried again, and poison after its tries.</summary>
    private async Task<bool> HandleAsync(QueueMessage message, CancellationToken stop)
    {
        try
        {
            return await TakeAsync(message, stop);
        }
        catch (Exception e) when (e is not OperationCanceledException && !StorageFailure.Is(e))
        {
            logger.LogError(e, "Message {Message} could not be handled, attempt {Attempt}", message.MessageId, message.DequeueCount);
            if (message.DequeueCount >= options.MaxAttempts)
            {
                await PoisonAsync(message, message.PopReceipt, $"It could not be handled: {FirstLine(e)}");
            }

            return false;
        }
    }

    private async Task<bool> TakeAsync(QueueMessage message, CancellationToken stop)
    {
        JobSpec spec;
        try
        {
            spec = await training.PinAsync(JobMessage.Read(message), stop);
        }
        catch (InvalidJobException e)
        {
            if (e.RunId is { Length: > 0 } runId)
            {
                await runs.AbandonAsync(runId, e.Message, stop);
            }

            await PoisonAsync(message, message.PopReceipt, e.Message);
            return false;
        }

        if (await runs.HoldAsync(spec, stop) is { } waits)
        {
            // Not put back: where machines are started for messages, it would start one again and again. The watchdog sends it anew.
            logger.LogInformation("Run {RunId} waits: {Reason}", spec.RunId, waits);
            await DeleteAsync(message, message.PopReceipt);
            return true;
        }

        var (start, run) = await runs.StartAsync(spec, options.Silence, stop);
        switch (start)
        {
            case RunStart.Over:
                logger.LogInformation("Run {RunId} has ended already: {State}", run.RunId, run.State);
                await DeleteAsync(message, message.PopReceipt);
                return true;

            case RunStart.Busy:
                await PutBackAsync(message, message.PopReceipt, options.Visibility); // its worker may die yet
                return true;

            case RunStart.Started when message.DequeueCount > options.MaxAttempts:
                await GiveUpAsync(
                    message, message.PopReceipt, run, $"{options.MaxAttempts} workers ended while they had this job. {run.Error}".TrimEnd());
                return false;

            default:
                return await WorkAsync(message, run, stop);
        }
    }

    private async Task<bool> WorkAsync(QueueMessage message, RunRecord run, CancellationToken stop)
    {
        using var span = Tracing.Start("train", run.Spec.Traceparent, ("model", run.Model), ("run", run.RunId));
        logger.LogInformation("Run {RunId} of model {Model} begins, attempt {Attempt}", run.RunId, run.Model, run.Attempt);
        var (version, failure) = ((string?)null, (Exception?)null);
        var lease = new RunLease(_queue, message, runs, budget, run, options, clock, logger, stop);
        await using (lease)
        {
            try
            {
                version = await training.RunAsync(run.Spec, lease, run.Parts ?? 1);
            }
            catch (Exception e)
            {
                failure = e;
                span?.SetStatus(ActivityStatusCode.Error, e.Message);
            }
        }

        Measures.Worked(run, clock.GetUtcNow() - run.StartedAt!.Value);

        // From here on storage calls are not cancelled: they are short, and leave a clear state.
        if (version is not null)
        {
            await StorageFailure.OutlastAsync(
                () => runs.SucceedAsync(run.RunId, run.Attempt, version, CancellationToken.None),
                options.RetryAfter,
                reason => logger.LogWarning("Run {RunId} has succeeded, but storage does not answer: {Reason}", run.RunId, reason),
                clock,
                stop);
            await DeleteAsync(message, lease.PopReceipt);
            logger.LogInformation("Run {RunId} made {Model} {Version}", run.RunId, run.Model, version);
            return true;
        }

        if (lease.IsLost)
        {
            await DeleteAsync(message, lease.PopReceipt);
            logger.LogInformation("Run {RunId} was cancelled or taken over", run.RunId);
            return true;
        }

        if (lease.Exhaustion is { } exhaustion)
        {
            await runs.PauseAsync(run.RunId, run.Attempt, exhaustion, CancellationToken.None);
            await DeleteAsync(message, lease.PopReceipt);
            logger.LogInformation("Run {RunId} stops at its checkpoint: {Reason}", run.RunId, exhaustion);
            return true;
        }

        if (stop.IsCancellationRequested)
        {
            await runs.RetryAsync(run.RunId, run.Attempt, "The worker was stopped.", CancellationToken.None);
            await PutBackAsync(message, lease.PopReceipt, TimeSpan.Zero);
            logger.LogInformation("Run {RunId} is back in the queue", run.RunId);
            return true;
        }

        // NotSupportedException: an option that this model or this machine lacks.
        if (failure is InvalidJobException or NotSupportedException || message.DequeueCount >= options.MaxAttempts)
        {
            logger.LogWarning(failure, "Run {RunId} failed, attempt {Attempt}, and is given up", run.RunId, run.Attempt);
            await GiveUpAsync(message, lease.PopReceipt, run, FirstLine(failure!));
            return false;
        }

        logger.LogWarning(failure, "Run {RunId} failed, attempt {Attempt}, and will be tried again", run.RunId, run.Attempt);
        await runs.RetryAsync(run.RunId, run.Attempt, FirstLine(failure!), CancellationToken.None);
        await IfStillOursAsync(() => _queue.UpdateMessageAsync(message.MessageId, lease.PopReceipt, visibilityTimeout: options.RetryAfter));
        return false;
    }

    private async Task GiveUpAsync(QueueMessage message, string popReceipt, RunRecord run, string reason)
    {
        await runs.FailAsync(run.RunId, run.Attempt, reason, CancellationToken.None);
        await PoisonAsync(message, popReceipt, reason);
    }

    private async Task PoisonAsync(QueueMessage message, string popReceipt, string reason)
    {
        logger.LogError("A job goes to {Queue}: {Reason}", StorageNames.TrainingJobs + StorageNames.PoisonSuffix, reason);
        var poison = new PoisonMessage(reason, JobMessage.Text(message));
        await storage.SendAsync(StorageNames.TrainingJobs + StorageNames.PoisonSuffix, poison, cancellationToken: CancellationToken.None);
        await DeleteAsync(message, popReceipt);
    }

    private async Task PutBackAsync(QueueMessage message, string popReceipt, TimeSpan delay)
    {
        await _queue.SendMessageAsync(message.Body, delay, timeToLive: TimeSpan.FromSeconds(-1), CancellationToken.None);
        await DeleteAsync(message, popReceipt);
    }

    private Task DeleteAsync(QueueMessage message, string popReceipt) =>
        IfStillOursAsync(() => _queue.DeleteMessageAsync(message.MessageId, popReceipt));

    // A message that showed up again meanwhile has another receipt: whoever has it now sees in the run's record what is left to do.
    private static async Task IfStillOursAsync(Func<Task> change)
    {
        try
        {
            await change();
        }
        catch (RequestFailedException e) when (e.ErrorCode is "MessageNotFound" or "PopReceiptMismatch")
        {
        }
    }

    private static string FirstLine(Exception e) => e.Message.Split('\n')[0].Trim();
}
