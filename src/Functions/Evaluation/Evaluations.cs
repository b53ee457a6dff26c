using Azure;
using Droptune.Core.Evaluation;
using Droptune.Functions.Http;

namespace Droptune.Functions.Evaluation;

/// <summary>Shows evaluations, newest first, and the report of one.</summary>
public sealed class Evaluations(DroptuneStorage storage, EvaluationStore evaluations, Answers answers)
{
    [Function("ListEvaluations")]
    public Task<IActionResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "evaluations")] HttpRequest request, CancellationToken cancellationToken) =>
        answers.ForAsync(request, async () =>
        {
            var model = request.Parameter("model");
            if (model is not null)
            {
                RequestParameters.RequireName(model);
            }

            var after = request.Parameter("after") is { } last ? await FindAsync(last, cancellationToken) : null;
            return await evaluations.ListAsync(model, after, request.Limit(), cancellationToken);
        });

    // utc: the time in the report's name, 20261124T114312Z in evaluation-20261124T114312Z.
    [Function("GetEvaluation")]
    public Task<IActionResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "evaluations/{model}/{version}/{utc}")] HttpRequest request,
        string model,
        string version,
        string utc,
        CancellationToken cancellationToken) =>
        answers.ForAsync(request, async () =>
        {
            RequestParameters.RequireName(model);
            RequestParameters.RequireName(version);
            try
            {
                var blob = storage.Container(StorageNames.Reports).GetBlobClient($"{model}/{version}/evaluation-{utc}.json");
                return EvaluationReport.Read((await blob.DownloadContentAsync(cancellationToken)).Value.Content.ToString());
            }
            catch (RequestFailedException e) when (e.Status == StatusCodes.Status404NotFound)
            {
                throw new ProblemException(
                    ProblemKinds.UnknownEvaluation, $"Model '{model}' {version} has no evaluation of {utc}; GET /api/evaluations?model={model} lists them.");
            }
        });

    private async Task<EvaluationRecord> FindAsync(string report, CancellationToken cancellationToken)
    {
        var model = report.Split('/')[0];
        return (ResourceName.IsValid(model) ? await evaluations.FindAsync(model, report, cancellationToken) : null)
            ?? throw new ProblemException(ProblemKinds.UnknownEvaluation, $"after is '{report}', and no evaluation has that report: begin with the first page again.");
    }
}
