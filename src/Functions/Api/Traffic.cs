using Droptune.Core.Traffic;
using Droptune.Functions.Http;

namespace Droptune.Functions.Api;

/// <summary>Shows what a model was asked lately, in counts.</summary>
public sealed class Traffic(TrafficReports reports, Answers answers)
{
    [Function("GetTraffic")]
    public Task<IActionResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "models/{model}/traffic")] HttpRequest request,
        string model,
        CancellationToken cancellationToken) =>
        answers.ForAsync(request, async () =>
            await reports.OfAsync(RequestParameters.RequireName(model), cancellationToken)
                ?? throw new ProblemException(ProblemKinds.UnknownModel, $"There is no model '{model}'; GET /api/models lists them."));
}
