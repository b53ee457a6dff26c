using System.Text.Json.Nodes;
using Droptune.Core.Text.Unicode;

namespace Droptune.Core.Text.Pieces;

/// <summary>What the <c>tokenizer_config.json</c> of every kind of tokenizer says.</summary>
internal static class TokenizerConfig
{
    /// <summary>Our own key: the scripts of <see cref="SmallUnits"/>.</summary>
    private const string SmallUnitsKey = "small_units";

    /// <summary>That of a folder; null where it has none.</summary>
    public static TokenizerJson? Read(string folder)
    {
        var path = Path.Combine(folder, ModelFileNames.TokenizerConfig);
        return File.Exists(path) ? TokenizerJson.Read(path) : null;
    }

    /// <summary>A special piece: a text, or an object that has it as its content.</summary>
    public static string? Piece(this TokenizerJson? config, string name) =>
        config?.Find(name) is { } piece ? piece.IsText ? piece.Text() : piece.Text("content") : null;

    /// <summary>Units smaller than words; null = words.</summary>
    public static SmallUnits? Units(this TokenizerJson? config) => config?.Find(SmallUnitsKey) is { } scripts
        ? new([.. scripts.Items().Select(script => Enum.TryParse<Script>(script.Text(), out var known) ? known : throw script.Error("is no script"))])
        : null;

    public static void SetUnits(JsonObject config, SmallUnits? units)
    {
        config.Remove(SmallUnitsKey);
        if (units is not null)
        {
            config[SmallUnitsKey] = new JsonArray([.. units.Pieces.Select(script => JsonValue.Create($"{script}"))]);
        }
    }

    public static void Write(string folder, JsonObject config) =>
        File.WriteAllText(Path.Combine(folder, ModelFileNames.TokenizerConfig), config.ToJsonString(DroptuneJson.Readable) + "\n");
}
