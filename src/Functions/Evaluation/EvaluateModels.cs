using System.Diagnostics;

namespace Droptune.Functions.Evaluation;

/// <summary>Queues one evaluation a model, so that evaluations scale out.</summary>
public sealed class EvaluateModels(ModelStore models, DroptuneStorage storage)
{
    [Function(nameof(EvaluateModels))]
    public async Task RunAsync([TimerTrigger("%EvaluationSchedule%")] TimerInfo timer, CancellationToken cancellationToken)
    {
        foreach (var model in await models.ListAsync(cancellationToken))
        {
            await storage.SendAsync(
                StorageNames.EvaluationRequests, new EvaluationRequest(model.Model, Activity.Current?.Id), cancellationToken: cancellationToken);
        }
    }
}
