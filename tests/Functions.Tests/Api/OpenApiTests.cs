using Droptune.Functions.Api;
using Droptune.Functions.Http;

namespace Droptune.Functions.Tests.Api;

[Collection(nameof(SharedHost))]
public class OpenApiTests(LocalHostFixture host)
{
    [Fact]
    public async Task OpenApi_Operations_AreThoseOfTheFunctions()
    {
        var document = await host.Http.GetAsync("openapi.json", TestContext.Current.CancellationToken).OkAsync();

        var described = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(method => $"{method.Name} {path.Name} {method.Value.Text("operationId")}"));
        var functions = HttpFunction.All.Where(OpenApiDocument.IsApi).SelectMany(function => function.Trigger.Methods!.Select(method => $"{method} /api/{function.Trigger.Route} {function.Name}"));
        Assert.Equal(functions.Order(), described.Order());
        Assert.Equal("3.1.0", document.Text("openapi"));
        Assert.Equal(HttpFunction.All.Where(OpenApiDocument.IsApi).Select(function => function.Name).Order(), ApiOperation.All.Select(operation => operation.Function).Order());
    }

    [Fact]
    public async Task OpenApi_ParametersInAddresses_AreDeclared()
    {
        var document = await host.Http.GetAsync("openapi.json", TestContext.Current.CancellationToken).OkAsync();

        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                var declared = operation.Value.GetProperty("parameters").EnumerateArray().Where(parameter => parameter.Text("in") == "path");
                Assert.Equal(path.Name.Split('{').Skip(1).Select(part => part.Split('}')[0]), declared.Select(parameter => parameter.Text("name")!));
            }
        }
    }

    [Fact]
    public async Task OpenApi_References_PointToSomething()
    {
        var document = await host.Http.GetAsync("openapi.json", TestContext.Current.CancellationToken).OkAsync();

        foreach (var reference in References(document))
        {
            Assert.StartsWith("#/", reference, StringComparison.Ordinal);
            Assert.True(reference[2..].Split('/').Aggregate((JsonElement?)document, Step) is not null, reference);
        }
    }

    [Fact]
    public void Problems_AreListedOnceAndDocumented()
    {
        var fields = typeof(ProblemKinds).GetFields().Where(field => field.FieldType == typeof(ProblemKind)).Select(field => (ProblemKind)field.GetValue(null)!);
        var table = File.ReadAllLines(Path.Combine(Path.GetDirectoryName(Droptune.Tests.TestData.PathOf())!, "..", "docs", "api.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => int.TryParse(cells[2], out _));

        Assert.Equal(fields, ProblemKinds.All);
        Assert.Equal(ProblemKinds.All.Select(kind => ($"`{kind.Code}`", $"{kind.Status}")).Order(), table.Select(cells => (cells[1], cells[2])).Order());
    }

    private static JsonElement? Step(JsonElement? element, string part) =>
        element?.ValueKind == JsonValueKind.Object && element.Value.TryGetProperty(part, out var next) ? next
        : element?.ValueKind == JsonValueKind.Array && int.TryParse(part, out var index) && index < element.Value.GetArrayLength() ? element.Value[index]
        : null;

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property =>
            property.Name == "$ref" && property.Value.ValueKind == JsonValueKind.String ? [property.Value.GetString()!] : References(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };
}
