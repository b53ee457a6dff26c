using System.Text.Json.Serialization;

namespace Droptune.Core.Models;

/// <summary>The model to start from: a folder of <c>base-models</c>, a model of the hub (<c>org/name@commit</c>), the built-in one, or "scratch".</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record BaseModel
{
    public const string Scratch = "scratch";

    /// <summary>The base model that comes with the programs, see <see cref="BuiltInBase"/>.</summary>
    public const string BuiltIn = "droptune-mini";

    public string Name { get; init; } = Scratch;

    /// <summary>Size of a model from scratch: a name of <see cref="ModelSize"/>; null = <see cref="ModelSize.Default"/>.</summary>
    public string? Size { get; init; }
}

/// <summary>A base model that was found.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Folder">Where its configuration and vocabulary lie; null = not at hand.</param>
public sealed record FoundBaseModel(string Name, string? Folder);

/// <summary>The shape of a model from scratch; every head has 64 dimensions, the inner layer is four times as wide.</summary>
public sealed record ModelSize(string Name, int Layers, int Hidden)
{
    public static readonly IReadOnlyList<ModelSize> All =
        [new("tiny", 2, 128), new("mini", 4, 256), new("small", 4, 512), new("medium", 8, 512), new("base", 12, 768)];

    /// <summary>Without pre-trained weights a larger one learns no more from some thousand sentences, and takes four times as long.</summary>
    public const string Default = "tiny";

    public static ModelSize Of(string? name) => All.FirstOrDefault(size => size.Name == (name ?? Default))
        ?? throw new ArgumentException($"size '{name}' is not known; these are: {string.Join(", ", All.Select(size => size.Name))}", nameof(name));

    /// <summary>The configuration of a BERT of this size.</summary>
    /// <param name="vocabulary">Pieces.</param>
    /// <param name="padId">The id of [PAD].</param>
    /// <param name="maxLength">Positions.</param>
    public ModelConfig NewConfig(int vocabulary, int padId, int maxLength) => new()
    {
        VocabSize = vocabulary,
        HiddenSize = Hidden,
        NumHiddenLayers = Layers,
        NumAttentionHeads = Hidden / 64,
        IntermediateSize = 4 * Hidden,
        MaxPositionEmbeddings = maxLength,
        PadTokenId = padId,
    };
}
