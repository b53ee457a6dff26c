using Droptune.Functions.Http;

namespace Droptune.Functions.Corrections.Folding;

/// <summary>Shows the corrections that wait for a dataset, and folds them into it at once.</summary>
public sealed class DatasetFeedback(CorrectionFold fold, Answers answers)
{
    [Function("GetFeedback")]
    public Task<IActionResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "datasets/{dataset}/feedback")] HttpRequest request,
        string dataset,
        CancellationToken cancellationToken) =>
        answers.ForAsync(request, async () => await fold.ReviewAsync(RequestParameters.RequireName(dataset), cancellationToken) ?? throw Nothing(dataset));

    [Function("FoldFeedbackNow")]
    public Task<IActionResult> FoldAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "datasets/{dataset}/feedback/fold")] HttpRequest request,
        string dataset,
        CancellationToken cancellationToken) =>
        answers.ForChangeAsync(request, async () => await fold.FoldAsync(RequestParameters.RequireName(dataset), 1, cancellationToken) ?? throw Nothing(dataset));

    private static ProblemException Nothing(string dataset) => new(
        ProblemKinds.UnknownDataset, $"There is no accepted version of a dataset '{dataset}' to fold corrections into; GET /api/datasets lists them.");
}
