using System.Text.Json.Serialization;
using Droptune.Core.Jobs;
using Droptune.Core.Models;
using Droptune.Core.Text;

namespace Droptune.Core.Datasets;

/// <summary>
/// <c>dataset.json</c>: what its owner states about a dataset. Everything is optional; an unknown key is a finding,
/// so that a misspelt one is not silently without effect.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DatasetManifest
{
    /// <summary>The task; null = found from the data.</summary>
    public TaskKind? Task { get; init; }

    /// <summary>True = a text can have several labels, or none. "multi-label-classification" says the same; a joint task needs this key.</summary>
    public bool MultiLabel { get; init; }

    /// <summary>Name of the text column (CSV, Parquet) or key (JSON); the number of the column, from 1, in a CSV file without a header.</summary>
    [JsonConverter(typeof(NameOrNumber))]
    public string TextColumn { get; init; } = "text";

    /// <summary>The same of the label.</summary>
    [JsonConverter(typeof(NameOrNumber))]
    public string LabelColumn { get; init; } = "label";

    /// <summary>Name of the column (Parquet) or key (JSON) of a token's tags, or the number of the column (CoNLL); null = the usual one.</summary>
    [JsonConverter(typeof(NameOrNumber))]
    public string? TagColumn { get; init; }

    /// <summary>How the tags are written; null = recognised from the data.</summary>
    public TagScheme? TagScheme { get; init; }

    /// <summary>What span offsets count; null = found by comparing spans with the surfaces that the export carries.</summary>
    public StringIndexType? SpanUnit { get; init; }

    /// <summary>Whether a span's end is the position after it; null = found in the same way, else exclusive.</summary>
    public SpanEnd? SpanEnd { get; init; }

    /// <summary>A folder of <c>base-models</c>, or "scratch"; null = the default of the storage account, the built-in one where it has none.</summary>
    public string? BaseModel { get; init; }

    /// <summary>Size of a model from scratch, a name of <see cref="ModelSize"/>; a manifest that states it asks for such a model.</summary>
    public string? Size { get; init; }

    /// <summary>Name of the model to train; null = the dataset's name.</summary>
    public string? Model { get; init; }

    public Optimisation Training { get; init; } = new();

    public ValidationSettings Validation { get; init; } = new();

    /// <summary>False = validate only.</summary>
    public bool Train { get; init; } = true;

    /// <summary>Whether a text can have several labels, or none.</summary>
    public bool HasSeveralLabels() => MultiLabel || Task == TaskKind.MultiLabelClassification;

    /// <summary>Whether the training starts from random weights: stated, or by a setting that only such a model has.</summary>
    public bool IsFromScratch() => BaseModel is Models.BaseModel.Scratch
        || (BaseModel is null && (Size is not null || Training.WantsOwnVocabulary()));

    /// <summary>What the training starts from.</summary>
    /// <param name="otherwise">Name of the base model where the manifest leaves it open.</param>
    public BaseModel Start(string otherwise) => new() { Name = BaseModel ?? (IsFromScratch() ? Models.BaseModel.Scratch : otherwise), Size = Size };
}

/// <summary>A column by its name or its number, from 1.</summary>
internal sealed class NameOrNumber : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Number when reader.TryGetInt32(out var number) && number > 0 => $"{number}",
        JsonTokenType.String => reader.GetString(),
        _ => throw new JsonException("A column is named by a string, or by its number, from 1."),
    };

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}

/// <summary>How tags mark entities.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TagScheme>))]
public enum TagScheme
{
    /// <summary>B- opens every entity, I- continues it.</summary>
    IOB2,

    /// <summary>I- everywhere; B- only where an entity follows another of the same label.</summary>
    IOB1,

    /// <summary>B- I- E- and S- for single words; BILUO (L-, U-) is read as well.</summary>
    IOBES,

    /// <summary>The label alone, or I- and the label: neighbours of the same label are one entity.</summary>
    IO,

    /// <summary>Tags are not entities (parts of speech): every word's tag stands for itself.</summary>
    [JsonStringEnumMemberName("none")]
    None,
}

/// <summary>Whether a span's end is the position after its last character or of it.</summary>
public enum SpanEnd
{
    Exclusive,
    Inclusive,
}
