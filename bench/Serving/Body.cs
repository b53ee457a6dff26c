namespace Droptune.Bench.Serving;

/// <summary>The texts of a request of the peers' load folder.</summary>
internal static class Body
{
    public static string[] Texts(string path)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(path));
        var inputs = json.RootElement.GetProperty("inputs");
        return inputs.ValueKind == JsonValueKind.Array ? inputs.Deserialize<string[]>()! : [inputs.GetString()!];
    }
}
