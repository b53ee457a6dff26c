using Droptune.Functions.Hosting;

namespace Droptune.Functions.Evaluation;

/// <summary>Evaluates what a model serves and its candidate, and promotes the candidate if it is better.</summary>
public sealed class EvaluateModel(ModelEvaluation evaluation, QueueMessages messages)
{
    [Function(nameof(EvaluateModel))]
    public async Task RunAsync(
        [QueueTrigger(StorageNames.EvaluationRequests, Connection = StorageNames.Connection)] string message, CancellationToken cancellationToken)
    {
        if (await messages.ReadAsync<EvaluationRequest>(StorageNames.EvaluationRequests, message, request => request.Model, cancellationToken) is { } request)
        {
            using var span = Tracing.Start("evaluate", request.Traceparent, ("model", request.Model));
            await span.RunAsync(() => evaluation.EvaluateAsync(request.Model, cancellationToken));
        }
    }
}
