using Droptune.Functions.Http;

namespace Droptune.Functions.Retention;

/// <summary>Deletes a version, a model or a dataset: once without confirmation, to hear what that takes along, and then with its name.</summary>
public sealed class Delete(Deletions deletions, Answers answers, ILogger<Delete> logger)
{
    [Function("DeleteVersion")]
    public Task<IActionResult> VersionAsync(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "models/{model}/versions/{version}")] HttpRequest request,
        string model,
        string version,
        CancellationToken cancellationToken) =>
        answers.ForChangeAsync(request, async () =>
        {
            RequestParameters.RequireName(model);
            var deletion = ResourceName.IsValid(version) ? await deletions.OfVersionAsync(model, version, cancellationToken) : null;
            return await DeleteAsync(request, version, deletion ?? throw ProblemException.UnknownVersion(model, version), cancellationToken);
        });

    [Function("DeleteModel")]
    public Task<IActionResult> ModelAsync(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "models/{model}")] HttpRequest request,
        string model,
        CancellationToken cancellationToken) =>
        answers.ForChangeAsync(request, async () =>
        {
            var deletion = await deletions.OfModelAsync(RequestParameters.RequireName(model), cancellationToken);
            return await DeleteAsync(request, model, deletion ?? throw ProblemException.UnknownModel(model), cancellationToken);
        });

    [Function("DeleteDataset")]
    public Task<IActionResult> DatasetAsync(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "datasets/{dataset}")] HttpRequest request,
        string dataset,
        CancellationToken cancellationToken) =>
        answers.ForChangeAsync(request, async () =>
        {
            var deletion = await deletions.OfDatasetAsync(RequestParameters.RequireName(dataset), cancellationToken)
                ?? throw new ProblemException(ProblemKinds.UnknownDataset, $"There is no dataset '{dataset}'; GET /api/datasets lists them.");
            return await DeleteAsync(request, dataset, deletion, cancellationToken);
        });

    private async Task<object> DeleteAsync(HttpRequest request, string name, Deletion deletion, CancellationToken cancellationToken)
    {
        if (deletion.Hindrance is { } hindrance)
        {
            throw new ProblemException(ProblemKinds.InUse, hindrance);
        }

        if (request.Parameter("confirm") != name)
        {
            throw new ProblemException(
                ProblemKinds.NotConfirmed, $"With '{name}' go: {string.Join("; ", deletion.Takes)}. To delete it all, repeat the call with ?confirm={name}.")
            {
                Takes = deletion.Takes,
            };
        }

        await deletion.DeleteAsync(cancellationToken);
        logger.LogInformation("{Name} is deleted, by request: {Takes}", name, string.Join("; ", deletion.Takes));
        return new DeletionAnswer(name, deletion.Takes);
    }
}

/// <summary>What was deleted, and what went with it.</summary>
public sealed record DeletionAnswer(string Name, IReadOnlyList<string> Takes);
