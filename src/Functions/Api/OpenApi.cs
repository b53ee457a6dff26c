using System.Text.Json.Nodes;
using Droptune.Functions.Http;

namespace Droptune.Functions.Api;

/// <summary>Describes the API to tools: OpenAPI 3.1.</summary>
public sealed class OpenApi(Answers answers)
{
    private static readonly Lazy<JsonObject> Document = new(OpenApiDocument.Create);

    [Function(nameof(OpenApi))]
    public Task<IActionResult> RunAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = "openapi.json")] HttpRequest request) =>
        answers.ForAsync(request, () => Task.FromResult<object>(Document.Value));
}
