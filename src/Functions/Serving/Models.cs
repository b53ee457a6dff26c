using System.Text.Json.Serialization;
using Droptune.Functions.Http;

namespace Droptune.Functions.Serving;

/// <summary>Shows the models and their versions.</summary>
public sealed class Models(ModelStore models, Answers answers)
{
    [Function("ListModels")]
    public Task<IActionResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "models")] HttpRequest request, CancellationToken cancellationToken) =>
        answers.ForAsync(request, async () =>
        {
            var after = request.Parameter("after");
            var page = await models.PageAsync(after is null ? null : RequestParameters.RequireName(after), request.Limit(), cancellationToken)
                ?? throw new ProblemException(ProblemKinds.InvalidParameter, $"after is '{after}', and there is no such model: begin with the first page again.");
            return page.Select(model => ModelView.Of(model.Model, model.Versions)).ToList();
        });

    [Function("GetModel")]
    public Task<IActionResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "models/{model}")] HttpRequest request,
        string model,
        CancellationToken cancellationToken) =>
        answers.ForAsync(request, async () =>
        {
            var record = await models.FindAsync(RequestParameters.RequireName(model), cancellationToken)
                ?? throw ProblemException.UnknownModel(model);
            return ModelView.Of(record, await models.VersionsAsync(model, cancellationToken));
        });
}

/// <summary>A model with its versions, newest first.</summary>
public sealed record ModelView
{
    public required string Model { get; init; }

    /// <summary>The version that is served; null where none is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string? Production { get; init; }

    public string? Previous { get; init; }

    public required IReadOnlyList<ModelVersionRecord> Versions { get; init; }

    /// <summary>The promotions, newest first.</summary>
    public required IReadOnlyList<Promotion> History { get; init; }

    public static ModelView Of(ModelRecord record, IReadOnlyList<ModelVersionRecord> versions) => new()
    {
        Model = record.Model,
        Production = record.Production,
        Previous = record.Previous,
        Versions = versions,
        History = record.History,
    };
}
