using Droptune.Core.Storage;
using Droptune.Functions.Http;

namespace Droptune.Functions.Api;

/// <summary>Shows evaluations, newest first.</summary>
public sealed class Evaluations(EvaluationStore evaluations, Answers answers)
{
    [Function("ListEvaluations")]
    public Task<IActionResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "evaluations")] HttpRequest request, CancellationToken cancellationToken) =>
        answers.ForAsync(request, async () =>
        {
            var model = request.Parameter("model");
            if (model is not null)
            {
                RequestParameters.RequireName(model);
            }

            return await evaluations.ListAsync(model, request.Limit(), cancellationToken);
        });
}
