using Droptune.Functions.Http;

namespace Droptune.Functions.Ui;

/// <summary>Serves the page and its files. They are open to everyone: what they show comes from the API, which is not.</summary>
public sealed class ShowPage
{
    public const string Route = "ui";

    [Function(nameof(ShowPage))]
    public IActionResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/{file?}")] HttpRequest request, string? file) =>
        PageFile.Find(file ?? PageFile.Start) is { } found
            ? new PageAnswer(found)
            : Problem.Answer(ProblemKinds.UnknownPath, $"The page is at {request.PathBase}/{HttpFunction.RoutePrefix}/{Route}.");
}
