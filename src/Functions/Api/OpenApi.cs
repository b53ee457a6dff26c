using System.Text.Json.Nodes;
using Droptune.Functions.Http;

namespace Droptune.Functions.Api;

/// <summary>Describes the API to tools: OpenAPI 3.1.</summary>
public sealed class OpenApi
{
    private static readonly Lazy<JsonObject> Document = new(OpenApiDocument.Create);

    [Function(nameof(OpenApi))]
    public IActionResult Run([HttpTrigger(AuthorizationLevel.Function, "get", Route = "openapi.json")] HttpRequest request) =>
        new JsonAnswer(Document.Value);
}
