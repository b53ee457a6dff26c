using Droptune.Functions.Http;
using Droptune.Functions.Monitoring.Uncertain;

namespace Droptune.Functions.Monitoring;

/// <summary>Shows what a model was asked lately, in counts, and the texts that it was least certain of where they are kept.</summary>
public sealed class Traffic(TrafficReports reports, UncertainStore uncertain, ModelStore models, Answers answers)
{
    [Function("GetTraffic")]
    public Task<IActionResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "models/{model}/traffic")] HttpRequest request,
        string model,
        CancellationToken cancellationToken) =>
        answers.ForAsync(request, async () =>
            await reports.OfAsync(RequestParameters.RequireName(model), cancellationToken)
                ?? throw ProblemException.UnknownModel(model));

    [Function("ListUncertain")]
    public Task<IActionResult> ListUncertainAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "models/{model}/uncertain")] HttpRequest request,
        string model,
        CancellationToken cancellationToken) =>
        answers.ForAsync(request, async () => await models.FindAsync(RequestParameters.RequireName(model), cancellationToken) is null
            ? throw ProblemException.UnknownModel(model)
            : await uncertain.ListAsync(model, request.Limit(), cancellationToken));
}
