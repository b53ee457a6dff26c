namespace Droptune.Infra.Tests;

/// <summary>
/// What a deployment with the given variables would create: <c>bicep snapshot</c> evaluates the compiled ARM templates, so
/// names, loops and conditions are worked out. What only Azure knows (a client id, say) stays an expression in brackets.
/// </summary>
internal sealed class Deployment
{
    public static readonly Deployment Dev = Of();
    public static readonly Deployment Prod = Of(("DROPTUNE_STAGE", "prod"), ("DROPTUNE_ALERT_EMAILS", "ops@example.com,dev@example.com"));
    public static readonly Deployment Private = Of(("DROPTUNE_PRIVATE_NETWORKING", "true"));
    public static readonly Deployment OnCpu = Of(("DROPTUNE_TRAINING_PROFILE", "Consumption"));

    /// <summary>One that fetches base models with a token, out of a private network.</summary>
    public static readonly Deployment WithHub = Of(
        ("DROPTUNE_PRIVATE_NETWORKING", "true"),
        ("DROPTUNE_HUB", "true"),
        ("DROPTUNE_HUB_TOKEN_ID", "/subscriptions/00000000-0000-0000-0000-000000000003/resourceGroups/keys/providers/Microsoft.KeyVault/vaults/kv-keys/secrets/hf-token"));

    /// <summary>The longest name that an environment may have.</summary>
    public static readonly Deployment LongNamed = Of(("AZURE_ENV_NAME", new string('e', 64)), ("DROPTUNE_PRIVATE_NETWORKING", "true"));

    /// <summary>The second step, after the code.</summary>
    public static readonly Deployment Events = new("events.bicepparam", new()
    {
        ["FUNCTION_APP_NAME"] = "func-droptune-x",
        ["STORAGE_ACCOUNT_NAME"] = "stx",
        ["EVENT_TOPIC_NAME"] = "evgt-x",
    });

    /// <summary>Every kind of deployment, by name, for theories.</summary>
    public static readonly IReadOnlyDictionary<string, Deployment> All = new Dictionary<string, Deployment>
    {
        [nameof(Dev)] = Dev,
        [nameof(Prod)] = Prod,
        [nameof(Private)] = Private,
        [nameof(OnCpu)] = OnCpu,
        [nameof(LongNamed)] = LongNamed,
    };

    private static readonly object OneAtATime = new(); // the compiler writes its result beside the input

    private readonly Lazy<(IReadOnlyList<ArmResource> Resources, JsonElement Outputs)> _snapshot;

    private Deployment(string parameterFile, Dictionary<string, string> environment) =>
        _snapshot = new(() => Snapshot(parameterFile, environment));

    public IReadOnlyList<ArmResource> Resources => _snapshot.Value.Resources;

    /// <summary>Names of what the templates put out.</summary>
    public IEnumerable<string> Outputs => _snapshot.Value.Outputs.EnumerateObject().Select(output => output.Name);

    public IEnumerable<ArmResource> OfType(string type) => Resources.Where(resource => resource.Type == type);

    public ArmResource Single(string type) => OfType(type).Single();

    private static Deployment Of(params (string Name, string Value)[] environment) =>
        new("main.bicepparam", environment.ToDictionary(variable => variable.Name, variable => variable.Value));

    private static (IReadOnlyList<ArmResource>, JsonElement) Snapshot(string parameterFile, Dictionary<string, string> environment)
    {
        lock (OneAtATime)
        {
            string[] where = parameterFile.StartsWith("main", StringComparison.Ordinal) ? [] : ["--resource-group", "rg"];
            var (exitCode, _, messages) = BicepCompiler.Run(
                [
                    "snapshot", parameterFile, "--mode", "overwrite", "--location", "swedencentral", .. where,
                    "--tenant-id", "00000000-0000-0000-0000-000000000001", "--subscription-id", "00000000-0000-0000-0000-000000000002",
                ],
                environment);
            Assert.True(exitCode == 0 && messages.Length == 0, messages);

            var json = File.ReadAllText(Path.Combine(BicepCompiler.Folder, Path.ChangeExtension(parameterFile, ".snapshot.json")));
            var snapshot = JsonDocument.Parse(json).RootElement;
            Assert.Empty(snapshot.GetProperty("diagnostics").EnumerateArray());
            return (
                [.. snapshot.GetProperty("predictedResources").EnumerateArray().Select(resource => new ArmResource(resource))],
                snapshot.TryGetProperty("outputs", out var outputs) ? outputs : JsonDocument.Parse("{}").RootElement);
        }
    }
}

/// <summary>A resource of a compiled template.</summary>
internal sealed record ArmResource(JsonElement Json)
{
    public string Type => Json.GetProperty("type").GetString()!;

    public string Id => Json.GetProperty("id").GetString()!;

    public string Name => Json.GetProperty("name").GetString()!;

    /// <summary>The last part of the name: a container's without its account's.</summary>
    public string OwnName => Name[(Name.LastIndexOf('/') + 1)..];

    /// <summary>The value at a path under <c>properties</c>, whose steps are property names and array indices.</summary>
    public JsonElement this[params object[] path] => path.Aggregate(
        Json.GetProperty("properties"),
        (json, step) => step is int index ? json[index] : json.GetProperty((string)step));

    public override string ToString() => Id;
}
