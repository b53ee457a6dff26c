using Droptune.Functions.Http;

namespace Droptune.Functions.Serving;

/// <summary>Makes a version the production one; also the way back to an earlier one.</summary>
public sealed class PromoteModel(ModelStore models, Answers answers, ILogger<PromoteModel> logger)
{
    [Function(nameof(PromoteModel))]
    public Task<IActionResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "models/{model}/promote")] HttpRequest request,
        string model,
        CancellationToken cancellationToken) =>
        answers.ForChangeAsync(request, async () =>
        {
            RequestParameters.RequireName(model);
            var version = (await RequestBody.ReadAsync<PromotionRequest>(request, cancellationToken)).Version;
            if (await models.FindAsync(model, cancellationToken) is null)
            {
                throw ProblemException.UnknownModel(model);
            }

            var record = ResourceName.IsValid(version)
                ? await models.PromoteAsync(model, version, "by request", cancellationToken)
                : null;
            if (record is null)
            {
                throw ProblemException.UnknownVersion(model, version);
            }

            logger.LogInformation("Model {Model} serves {Version} by request", model, version);
            return ModelView.Of(record, await models.VersionsAsync(model, cancellationToken));
        });
}

/// <summary>The version to serve.</summary>
public sealed record PromotionRequest
{
    public required string Version { get; init; }
}
