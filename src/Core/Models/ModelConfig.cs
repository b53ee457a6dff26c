using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Droptune.Core.Metrics;

namespace Droptune.Core.Models;

/// <summary>
/// A model's <c>config.json</c> in Hugging Face's shape, so that other tools read it too, with the product's own
/// settings under <c>droptune</c>. Keys not named here are kept as they are.
/// </summary>
public sealed record ModelConfig
{
    /// <summary>Hugging Face's word for sigmoids that are independent of each other.</summary>
    public const string SeveralLabels = "multi_label_classification";

    private static readonly JsonSerializerOptions Json = new(DroptuneJson.Readable)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    public string ModelType { get; init; } = "bert";

    public IReadOnlyList<string>? Architectures { get; init; }

    public required int VocabSize { get; init; }

    public required int HiddenSize { get; init; }

    public required int NumHiddenLayers { get; init; }

    public required int NumAttentionHeads { get; init; }

    public required int IntermediateSize { get; init; }

    public int MaxPositionEmbeddings { get; init; } = 512;

    public int TypeVocabSize { get; init; } = 2;

    /// <summary>"gelu" is the exact form (erf); "gelu_new", "gelu_fast" and "gelu_pytorch_tanh" are the tanh form.</summary>
    public string HiddenAct { get; init; } = "gelu";

    public double LayerNormEps { get; init; } = 1e-12;

    public double HiddenDropoutProb { get; init; } = 0.1;

    public double AttentionProbsDropoutProb { get; init; } = 0.1;

    public double InitializerRange { get; init; } = 0.02;

    public int PadTokenId { get; init; }

    /// <summary>Pieces that a local layer sees around each, half on each side; of families whose queries and keys are turned.</summary>
    public int? LocalAttention { get; init; }

    /// <summary>Every such layer, from the first on, sees all pieces.</summary>
    public int? GlobalAttnEveryNLayers { get; init; }

    /// <summary>Of the wavelengths of positions in layers that see all pieces.</summary>
    public double? GlobalRopeTheta { get; init; }

    /// <summary>The same in local ones.</summary>
    public double? LocalRopeTheta { get; init; }

    /// <summary>Embeddings of the distances of a direction, see <see cref="ModelFamily.HasDistances"/>.</summary>
    [JsonPropertyName("position_buckets")]
    public int? DistanceBuckets { get; init; }

    /// <summary>The distance that their scale ends with; below 1 = that of <see cref="MaxPositionEmbeddings"/>.</summary>
    public int? MaxRelativePositions { get; init; }

    /// <summary>Names of the outputs of <c>classifier</c>: tags, or text labels for text classification.</summary>
    [JsonPropertyName("id2label")]
    public IReadOnlyDictionary<int, string>? Id2Label { get; init; }

    [JsonPropertyName("label2id")]
    public IReadOnlyDictionary<string, int>? Label2Id { get; init; }

    /// <summary>Names of the outputs of a joint model's <c>text_classifier</c>.</summary>
    [JsonPropertyName("text_id2label")]
    public IReadOnlyDictionary<int, string>? TextId2Label { get; init; }

    [JsonPropertyName("text_label2id")]
    public IReadOnlyDictionary<string, int>? TextLabel2Id { get; init; }

    /// <summary>How text labels are meant: <see cref="SeveralLabels"/> where a text can have several; null for one.</summary>
    public string? ProblemType { get; init; }

    /// <summary>Null in a model that was not trained here.</summary>
    public DroptuneConfig? Droptune { get; init; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; init; }

    /// <summary>What the model predicts: as trained here, or else by its architecture.</summary>
    [JsonIgnore]
    public TaskKind Task => Droptune?.Task
        ?? (Architectures is [var name, ..] && name.EndsWith("ForSequenceClassification", StringComparison.Ordinal)
            ? HasSeveralLabels ? TaskKind.MultiLabelClassification : TaskKind.TextClassification
            : TaskKind.TokenClassification);

    /// <summary>Whether a text can have several labels, or none: each has a sigmoid and a threshold of its own.</summary>
    [JsonIgnore]
    public bool HasSeveralLabels => ProblemType == SeveralLabels;

    /// <summary>From which probability on each text label holds, by id; empty where a text has one label.</summary>
    [JsonIgnore]
    public IReadOnlyList<float> TextThresholds => HasSeveralLabels
        ? [.. TextLabelNames.Select(name => Droptune?.Thresholds is { } thresholds && thresholds.TryGetValue(name, out var threshold) ? threshold : LabelThresholds.Default)]
        : [];

    /// <exception cref="NotSupportedException">It is of none that is known.</exception>
    [JsonIgnore]
    public ModelFamily Family => ModelFamily.Of(ModelType);

    /// <summary>As <see cref="MaxRelativePositions"/> says.</summary>
    [JsonIgnore]
    public int FarthestDistance => MaxRelativePositions is > 0 and var farthest ? farthest : MaxPositionEmbeddings;

    /// <summary>Whether a layer sees all pieces of a text.</summary>
    public bool IsGlobal(int layer) => layer % (GlobalAttnEveryNLayers ?? 1) == 0;

    /// <summary>Cosine and sine by which position and place in a head turn queries and keys (length, size of a head).</summary>
    public (float[] Cosine, float[] Sine) Rotation(int length, bool isGlobal)
    {
        var (size, theta) = (HiddenSize / NumAttentionHeads, (isGlobal ? GlobalRopeTheta : LocalRopeTheta)!.Value);
        var (cosine, sine) = (new float[length * size], new float[length * size]);
        for (var i = 0; i < cosine.Length; i++)
        {
            var angle = (i / size) / Math.Pow(theta, 2.0 * (i % size % (size / 2)) / size); // both halves of a head turn alike
            (cosine[i], sine[i]) = ((float)Math.Cos(angle), (float)Math.Sin(angle));
        }

        return (cosine, sine);
    }

    /// <summary>The number of a text's first position.</summary>
    [JsonIgnore]
    public int FirstPosition => Family.PositionsFollowPadding ? PadTokenId + 1 : 0;

    /// <summary>As many pieces as there are positions for.</summary>
    [JsonIgnore]
    public int MostPieces => MaxPositionEmbeddings - FirstPosition;

    /// <summary>Longest input in pieces, [CLS] and [SEP] included.</summary>
    [JsonIgnore]
    public int MaxLength => Math.Min(Droptune?.MaxLength ?? MostPieces, MostPieces);

    /// <summary>The tags by id; empty where the task has none.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> TagNames => Task.HasEntities() ? InOrder(Id2Label) : [];

    /// <summary>The text labels by id; empty where the task has none.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> TextLabelNames => Task switch
    {
        TaskKind.TextClassification or TaskKind.MultiLabelClassification => InOrder(Id2Label),
        TaskKind.Joint => InOrder(TextId2Label),
        _ => [],
    };

    /// <summary>Whether the words of its dataset were joined to running text.</summary>
    [JsonIgnore]
    public bool IsRunningText => Droptune?.RunningText == true;

    /// <summary>The ONNX file that is served.</summary>
    [JsonIgnore]
    public string ServedFile => Droptune?.ServedFile ?? ModelFileNames.Onnx;

    /// <exception cref="InvalidDataException">It states no model, or an impossible one.</exception>
    public static ModelConfig Load(string folder)
    {
        using var file = File.OpenRead(Path.Combine(folder, ModelFileNames.Config));
        return Checked(JsonSerializer.Deserialize<ModelConfig>(file, Json));
    }

    /// <summary>A configuration whose keys were changed after reading.</summary>
    /// <exception cref="InvalidDataException">It states no model, or an impossible one.</exception>
    public static ModelConfig From(JsonObject keys) => Checked(keys.Deserialize<ModelConfig>(Json));

    public void Save(string folder) => File.WriteAllText(Path.Combine(folder, ModelFileNames.Config), JsonSerializer.Serialize(this, Json));

    /// <summary>The configuration with the given outputs, in both directions of Hugging Face's maps.</summary>
    /// <param name="task">What the model predicts.</param>
    /// <param name="tags">Its tags.</param>
    /// <param name="textLabels">Its text labels.</param>
    /// <param name="severalLabels">Whether a text can have several of them.</param>
    public ModelConfig WithLabels(TaskKind task, IReadOnlyList<string> tags, IReadOnlyList<string> textLabels, bool severalLabels = false)
    {
        var (main, second) = task.HasEntities() ? (tags, textLabels) : (textLabels, null);
        return this with
        {
            Architectures = [$"{Family.Name}For{(task.HasEntities() ? "Token" : "Sequence")}Classification"],
            ProblemType = severalLabels ? SeveralLabels : null,
            Id2Label = ById(main),
            Label2Id = ByName(main),
            TextId2Label = task == TaskKind.Joint ? ById(second!) : null,
            TextLabel2Id = task == TaskKind.Joint ? ByName(second!) : null,
            Droptune = (Droptune ?? new()) with { Task = task },
        };
    }

    /// <summary><see cref="TextThresholds"/> by label; null where a text has one.</summary>
    public IReadOnlyDictionary<string, float>? ThresholdsByName() => HasSeveralLabels ? TextLabelNames.Zip(TextThresholds).ToDictionary() : null;

    /// <summary>The configuration with the thresholds of its text labels, by id.</summary>
    public ModelConfig WithThresholds(IReadOnlyList<float> thresholds) => this with
    {
        Droptune = (Droptune ?? new() { Task = Task }) with { Thresholds = TextLabelNames.Zip(thresholds).ToDictionary() },
    };

    // Before memory is asked for: the largest BERT known has 1.3 thousand million parameters, in 24 layers of 2,560.
    private static ModelConfig Checked(ModelConfig? config)
    {
        if (config is null)
        {
            throw new InvalidDataException($"{ModelFileNames.Config} is empty");
        }

        var family = ModelFamily.Find(config.ModelType);
        (string Key, int Value, int Most)[] sizes =
        [
            ("vocab_size", config.VocabSize, 4_000_000), ("hidden_size", config.HiddenSize, 16_384), ("num_hidden_layers", config.NumHiddenLayers, 200),
            ("num_attention_heads", config.NumAttentionHeads, 1_024), ("intermediate_size", config.IntermediateSize, 65_536),
            ("max_position_embeddings", config.MaxPositionEmbeddings, 1_000_000), ("type_vocab_size", family?.HasTokenTypes == false ? 1 : config.TypeVocabSize, 1_000),
        ];
        var problems = sizes.Where(size => size.Value < 1 || size.Value > size.Most).Select(size => $"{size.Key} is {size.Value}; it must be 1 to {size.Most}").ToList();
        if (problems.Count == 0 && config.HiddenSize % config.NumAttentionHeads != 0)
        {
            problems.Add($"hidden_size {config.HiddenSize} cannot be divided among {config.NumAttentionHeads} heads (num_attention_heads)");
        }

        if (problems.Count == 0 && family?.PositionsFollowPadding == true
            && (config.PadTokenId < 0 || config.PadTokenId >= config.VocabSize || config.PadTokenId >= config.MaxPositionEmbeddings - 3))
        {
            problems.Add($"pad_token_id is {config.PadTokenId}; the positions of texts, which follow it, end with {config.MaxPositionEmbeddings} (max_position_embeddings)");
        }

        if (problems.Count == 0 && family?.HasRotation == true
            && (config.LocalAttention is not > 0 || config.GlobalAttnEveryNLayers is not > 0 || config.GlobalRopeTheta is not > 1 || config.LocalRopeTheta is not > 1
                || config.HiddenSize / config.NumAttentionHeads % 2 != 0))
        {
            problems.Add("local_attention, global_attn_every_n_layers, global_rope_theta and local_rope_theta must be above 0 and 1, and heads of an even size");
        }

        // Half of the buckets are distances as they are; the scale of the others must reach beyond them.
        if (problems.Count == 0 && family?.HasDistances == true
            && (config.DistanceBuckets is not (>= 2 and <= 16_384) || config.FarthestDistance - 1 <= config.DistanceBuckets / 2))
        {
            problems.Add($"position_buckets is {config.DistanceBuckets ?? -1}; it must be 2 to 16384, and half of it below the farthest distance, {config.FarthestDistance - 1} (max_relative_positions, max_position_embeddings)");
        }

        return problems.Count == 0 ? config : throw new InvalidDataException($"{ModelFileNames.Config}: {string.Join("; ", problems)}");
    }

    private static Dictionary<int, string> ById(IReadOnlyList<string> names) => names.Index().ToDictionary(n => n.Index, n => n.Item);

    private static Dictionary<string, int> ByName(IReadOnlyList<string> names) => names.Index().ToDictionary(n => n.Item, n => n.Index);

    private static string[] InOrder(IReadOnlyDictionary<int, string>? names) =>
        names?.OrderBy(n => n.Key).Select(n => n.Value).ToArray() ?? throw new InvalidDataException($"{ModelFileNames.Config} names no labels");
}

/// <summary>The product's own part of <c>config.json</c>.</summary>
public sealed record DroptuneConfig
{
    public TaskKind Task { get; init; }

    /// <summary>Longest input in pieces, [CLS] and [SEP] included; longer texts become overlapping windows.</summary>
    [JsonPropertyName("maxLength")]
    public int? MaxLength { get; init; }

    /// <summary>True = the words of its dataset were joined to running text; null = they were words.</summary>
    [JsonPropertyName("runningText")]
    public bool? RunningText { get; init; }

    /// <summary>The ONNX file that is served; null is the 32-bit one.</summary>
    [JsonPropertyName("servedFile")]
    public string? ServedFile { get; init; }

    /// <summary>False = each unit's likeliest tag is predicted; null or true = only legal IOB2 sequences.</summary>
    [JsonPropertyName("constrainedDecoding")]
    public bool? ConstrainedDecoding { get; init; }

    /// <summary>From which probability on each text label holds, where a text can have several; null is 0.5 for all.</summary>
    public IReadOnlyDictionary<string, float>? Thresholds { get; init; }

    /// <summary>W3C trace context of the training, so that a prediction can be followed back to it.</summary>
    public string? Traceparent { get; init; }
}
