using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.RegularExpressions;
using Droptune.Core.Inference;
using Droptune.Functions.Http;
using Droptune.Functions.Ui;
using Microsoft.AspNetCore.WebUtilities;

namespace Droptune.Functions.Api;

/// <summary>
/// The OpenAPI 3.1 document, made of what the code has anyway: addresses from the triggers, schemas from the types that are
/// read and written, errors from the table of problems.
/// </summary>
public sealed partial class OpenApiDocument
{
    private const string SchemasPath = "#/components/schemas/";

    private static readonly JsonSchemaExporterOptions SchemaOptions = new()
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = (context, schema) =>
            context.TypeInfo.Type == typeof(PredictInput) || context.TypeInfo.Type == typeof(IReadOnlyList<PredictInput>) && context.PropertyInfo is not null
                ? InputSchema(isList: context.TypeInfo.Type != typeof(PredictInput))
                : schema,
    };

    private readonly JsonObject _schemas = [];

    /// <summary>The page is for people.</summary>
    public static bool IsApi(HttpFunction function) => function.Name != nameof(ShowPage);

    public static JsonObject Create() => new OpenApiDocument().Write();

    private JsonObject Write()
    {
        Named(typeof(Problem));
        _schemas[nameof(Problem)]!["properties"]!["code"] = new JsonObject { ["enum"] = new JsonArray([.. ProblemKinds.All.Select(kind => (JsonNode)kind.Code)]) };
        var paths = new JsonObject();
        foreach (var function in HttpFunction.All.Where(IsApi).OrderBy(function => function.Trigger.Route, StringComparer.Ordinal))
        {
            var operation = ApiOperation.All.Single(operation => operation.Function == function.Name);
            var path = $"/{HttpFunction.RoutePrefix}/{function.Trigger.Route}";
            var methods = paths[path] as JsonObject ?? [];
            methods[function.Trigger.Methods![0]] = Operation(operation, function);
            paths[path] = methods;
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "Droptune",
                ["description"] = "Predictions from the models that dropped datasets were turned into, and what became of datasets, runs and models.",
                ["version"] = typeof(OpenApiDocument).Assembly.GetName().Version!.ToString(3),
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }),
            ["security"] = new JsonArray(new JsonObject { ["functionKey"] = new JsonArray() }),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = _schemas,
                ["securitySchemes"] = new JsonObject
                {
                    ["functionKey"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = "x-functions-key" },
                },
            },
        };
    }

    private JsonObject Operation(ApiOperation operation, HttpFunction function)
    {
        var node = new JsonObject
        {
            ["operationId"] = operation.Function,
            ["summary"] = operation.Summary,
            ["parameters"] = new JsonArray(
            [
                .. RouteParameter().Matches(function.Trigger.Route!).Select(match => Parameter(new(match.Groups[1].Value, "Its name or id.", typeof(string)), "path")),
                .. operation.Query.Select(parameter => Parameter(parameter, "query")),
            ]),
            ["responses"] = Responses(operation),
        };
        if (operation.Body is { } body)
        {
            node["requestBody"] = new JsonObject { ["required"] = true, ["content"] = Json("application/json", Schema(body)) };
        }

        if (function.Trigger.AuthLevel == AuthorizationLevel.Anonymous)
        {
            node["security"] = new JsonArray();
        }

        return node;
    }

    private JsonObject Responses(ApiOperation operation)
    {
        var responses = new JsonObject();
        foreach (var status in operation.Statuses)
        {
            responses[$"{status}"] = new JsonObject
            {
                ["description"] = ReasonPhrases.GetReasonPhrase(status),
                ["content"] = operation.Answer == ApiOperation.Zip
                    ? new JsonObject { ["application/zip"] = new JsonObject() } // bytes have no schema
                    : Json("application/json", Schema(operation.Answer)),
            };
        }

        foreach (var status in operation.AllProblems.GroupBy(problem => problem.Status).OrderBy(status => status.Key))
        {
            responses[$"{status.Key}"] = new JsonObject
            {
                ["description"] = string.Join("; ", status.Select(problem => $"`{problem.Code}`: {problem.Title}")),
                ["content"] = Json("application/problem+json", Schema(typeof(Problem))),
            };
        }

        return responses;
    }

    private JsonObject Parameter(ApiParameter parameter, string place) => new()
    {
        ["name"] = parameter.Name,
        ["in"] = place,
        ["description"] = parameter.Description,
        ["required"] = place == "path",
        ["schema"] = Schema(parameter.Type),
    };

    private static JsonObject Json(string type, JsonNode schema) => new() { [type] = new JsonObject { ["schema"] = schema } };

    private JsonNode Schema(Type type) => type switch
    {
        _ when type == typeof(object) => new JsonObject { ["type"] = "object" },
        { IsArray: true } => new JsonObject { ["type"] = "array", ["items"] = Schema(type.GetElementType()!) },
        _ when type.IsEnum || type == typeof(string) || type == typeof(int) => DroptuneJson.Compact.GetJsonSchemaAsNode(type, SchemaOptions),
        _ => Named(type),
    };

    /// <summary>Puts the schema of a type into the components, once, and refers to it.</summary>
    private JsonObject Named(Type type)
    {
        var path = SchemasPath + type.Name;
        if (!_schemas.ContainsKey(type.Name))
        {
            var schema = DroptuneJson.Compact.GetJsonSchemaAsNode(type, SchemaOptions);
            Rebase(schema, path);
            _schemas[type.Name] = schema;
        }

        return new JsonObject { ["$ref"] = path };
    }

    // A type that is met twice in a schema is a reference from its root, which is no longer the document's.
    private static void Rebase(JsonNode? node, string path)
    {
        if (node is JsonObject properties)
        {
            if (properties["$ref"] is JsonValue reference && reference.TryGetValue<string>(out var target) && target.StartsWith('#'))
            {
                properties["$ref"] = path + target[1..];
            }

            foreach (var property in properties)
            {
                Rebase(property.Value, path);
            }
        }
        else if (node is JsonArray items)
        {
            foreach (var item in items)
            {
                Rebase(item, path);
            }
        }
    }

    private static JsonObject InputSchema(bool isList)
    {
        var input = new JsonArray(
            new JsonObject { ["type"] = "string" },
            Fields("text", new JsonObject { ["type"] = "string" }),
            Fields("tokens", new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "string" } }));
        if (isList)
        {
            input.Add(new JsonObject { ["type"] = "array", ["maxItems"] = 256, ["items"] = InputSchema(isList: false) });
        }

        return new JsonObject { ["oneOf"] = input };
    }

    private static JsonObject Fields(string name, JsonObject schema) => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject { [name] = schema },
        ["required"] = new JsonArray(name),
        ["additionalProperties"] = false,
    };

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex RouteParameter();
}
