using System.Text.Json.Serialization;

namespace Droptune.Core.Models;

/// <summary>The model to start from: a folder of <c>base-models</c>, or "scratch".</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record BaseModel
{
    public const string Scratch = "scratch";

    public string Name { get; init; } = Scratch;

    /// <summary>Size of a model from scratch: a name of <see cref="ModelSize"/>; null = <see cref="ModelSize.Default"/>.</summary>
    public string? Size { get; init; }
}

/// <summary>The shape of a model from scratch; every head has 64 dimensions, the inner layer is four times as wide.</summary>
public sealed record ModelSize(string Name, int Layers, int Hidden)
{
    public static readonly IReadOnlyList<ModelSize> All =
        [new("tiny", 2, 128), new("mini", 4, 256), new("small", 4, 512), new("medium", 8, 512), new("base", 12, 768)];

    /// <summary>Without pre-trained weights a larger one learns no more from some thousand sentences, and takes four times as long.</summary>
    public const string Default = "tiny";

    public static ModelSize Of(string? name) => All.FirstOrDefault(size => size.Name == (name ?? Default))
        ?? throw new ArgumentException($"size '{name}' is not known; these are: {string.Join(", ", All.Select(size => size.Name))}", nameof(name));
}
