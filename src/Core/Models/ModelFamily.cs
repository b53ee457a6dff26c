namespace Droptune.Core.Models;

/// <summary>
/// What sets a family of encoders apart from BERT. Within the programs every parameter has BERT's name; files have the family's own, and
/// the configuration keeps its <c>model_type</c>.
/// </summary>
public sealed record ModelFamily
{
    private const string OuterPooler = "pooler.";

    /// <summary>BERT itself, and what is BERT under other names.</summary>
    public static readonly ModelFamily Bert = new() { Type = "bert", Name = "Bert", Prefix = "bert." };

    private static readonly ModelFamily Roberta = new()
    {
        Type = "roberta",
        Name = "Roberta",
        Prefix = "roberta.",
        PositionsFollowPadding = true,
        HasTextHead = true,
        Names =
        [
            ("lm_head.dense.", "cls.predictions.transform.dense."),
            ("lm_head.layer_norm.", "cls.predictions.transform.LayerNorm."),
            ("lm_head.", "cls.predictions."),
        ],
    };

    private static readonly ModelFamily Mpnet = Roberta with
    {
        Type = "mpnet",
        Name = "MPNet",
        Prefix = "mpnet.",
        HasTokenTypes = false,
        HasPositionBias = true,
        Names =
        [
            .. Roberta.Names,
            (".attention.attn.q.", ".attention.self.query."),
            (".attention.attn.k.", ".attention.self.key."),
            (".attention.attn.v.", ".attention.self.value."),
            (".attention.attn.o.", ".attention.output.dense."),
            (".attention.LayerNorm.", ".attention.output.LayerNorm."),
        ],
    };

    private static readonly ModelFamily ModernBert = new()
    {
        Type = "modernbert",
        Name = "ModernBert",
        Prefix = "model.",
        HasPositions = false,
        HasRotation = true,
        HasTokenTypes = false,
        HasBiases = false,
        IsPreNorm = true,
        HasJoinedProjections = true,
        HasSharedHead = true,
        Names =
        [
            (".embeddings.tok_embeddings.", ".embeddings.word_embeddings."),
            (".embeddings.norm.", ".embeddings.LayerNorm."),
            (".attn.Wqkv.", ".attention.self.qkv."),
            (".attn.Wo.", ".attention.output.dense."),
            (".attn_norm.", ".attention.norm."),
            (".mlp.Wi.", ".intermediate.dense."),
            (".mlp.Wo.", ".output.dense."),
            (".mlp_norm.", ".intermediate.norm."),
            ("bert.layers.", "bert.encoder.layer."),
            ("head.dense.", "cls.predictions.transform.dense."),
            ("head.norm.", "cls.predictions.transform.LayerNorm."),
            ("decoder.", "cls.predictions."),
        ],
    };

    private static readonly ModelFamily DebertaV2 = new()
    {
        Type = "deberta-v2",
        Name = "DebertaV2",
        Prefix = "deberta.",
        HasPositions = false,
        HasTokenTypes = false,
        HasDistances = true,
        HasOuterPooler = true,
        Names =
        [
            (".attention.self.query_proj.", ".attention.self.query."),
            (".attention.self.key_proj.", ".attention.self.key."),
            (".attention.self.value_proj.", ".attention.self.value."),
        ],
    };

    /// <summary>Those that are read, trained and written.</summary>
    public static readonly IReadOnlyList<ModelFamily> All =
        [Bert, Roberta, Roberta with { Type = "xlm-roberta", Name = "XLMRoberta" }, Mpnet, ModernBert, DebertaV2];

    /// <summary>The <c>model_type</c>.</summary>
    public required string Type { get; init; }

    /// <summary>How the names of its classes begin in transformers.</summary>
    public required string Name { get; init; }

    /// <summary>How the names of the encoder's parameters begin.</summary>
    public required string Prefix { get; init; }

    /// <summary>Whether positions begin behind that of padding, whose number is its id: what is unmasked counts from there.</summary>
    public bool PositionsFollowPadding { get; init; }

    /// <summary>Whether positions have embeddings.</summary>
    public bool HasPositions { get; init; } = true;

    /// <summary>
    /// Whether queries and keys are turned by their positions (Su et al. 2021, "RoFormer"), by wavelengths of global and of local layers,
    /// which see <see cref="ModelConfig.LocalAttention"/> pieces.
    /// </summary>
    public bool HasRotation { get; init; }

    /// <summary>
    /// Whether distances have embeddings, which queries and keys of every layer meet as they meet each other (He et al. 2021, "DeBERTa",
    /// arXiv:2006.03654; He et al. 2021, "DeBERTaV3", arXiv:2111.09543), see <see cref="PositionBuckets.OfDistances"/>.
    /// </summary>
    public bool HasDistances { get; init; }

    /// <summary>Whether linear layers and norms of the encoder and its transform have biases.</summary>
    public bool HasBiases { get; init; } = true;

    /// <summary>
    /// Whether a layer's parts read what is normalised and add to what is not, the last is normalised once more, and the inner layer is
    /// gated (Shazeer 2020, "GLU Variants").
    /// </summary>
    public bool IsPreNorm { get; init; }

    /// <summary>Whether files have query, key and value as one matrix, too.</summary>
    public bool HasJoinedProjections { get; init; }

    /// <summary>Whether classifiers read what guesses of pieces do: each piece's hidden state through dense, activation and norm.</summary>
    public bool HasSharedHead { get; init; }

    /// <summary>Whether each piece has an embedding of its text's number, too: of a pair, which a single text is the first of.</summary>
    public bool HasTokenTypes { get; init; } = true;

    /// <summary>Whether scores of attention depend on how far apart two pieces are, see <see cref="PositionBuckets"/>.</summary>
    public bool HasPositionBias { get; init; }

    /// <summary>
    /// Whether text labels have a head of their own (dropout, dense, tanh, dropout, projection) instead of a projection of the encoder's
    /// pooler; then the pooler of a base is of no use.
    /// </summary>
    public bool HasTextHead { get; init; }

    /// <summary>Whether the pooler stands beside the encoder in files, and activates as its layers do, not by tanh.</summary>
    public bool HasOuterPooler { get; init; }

    /// <summary>Parts of names, in their order, and what they are in BERT.</summary>
    private IReadOnlyList<(string Theirs, string Bert)> Names { get; init; } = [];

    /// <exception cref="NotSupportedException">None of these; the message lists them.</exception>
    public static ModelFamily Of(string type) => Find(type)
        ?? throw new NotSupportedException($"model_type '{type}' is not supported; these are: {string.Join(", ", All.Select(family => family.Type))}");

    public static ModelFamily? Find(string type) => All.FirstOrDefault(family => family.Type == type);

    /// <summary>BERT's name of a parameter that a file has.</summary>
    public string ToBert(string stored)
    {
        if (HasTextHead)
        {
            // That of the tags is "classifier", too.
            stored = stored switch
            {
                "classifier.dense.weight" or "text_classifier.dense.weight" => "bert.pooler.dense.weight",
                "classifier.dense.bias" or "text_classifier.dense.bias" => "bert.pooler.dense.bias",
                _ when stored.StartsWith($"{Prefix}pooler.", StringComparison.Ordinal) => $"cls.{stored}", // as other heads that are of no use
                _ => stored.Replace("classifier.out_proj.", "classifier.", StringComparison.Ordinal),
            };
        }

        if (HasOuterPooler && stored.StartsWith(OuterPooler, StringComparison.Ordinal))
        {
            stored = Prefix + stored;
        }

        var name = stored.StartsWith(Prefix, StringComparison.Ordinal) ? Bert.Prefix + stored[Prefix.Length..] : stored;
        return Names.Aggregate(name, (known, part) => known.Replace(part.Theirs, part.Bert, StringComparison.Ordinal));
    }

    /// <summary>The name of a parameter in files.</summary>
    /// <param name="bert">BERT's.</param>
    /// <param name="task">Of the model: a head for text labels alone is the classifier, that of a joint model has a name of its own.</param>
    public string ToStored(string bert, TaskKind task)
    {
        var head = task == TaskKind.Joint ? "text_classifier." : "classifier.";
        if (HasTextHead && task.HasTextLabels() && bert.StartsWith("bert.pooler.dense.", StringComparison.Ordinal))
        {
            return bert.Replace("bert.pooler.", head, StringComparison.Ordinal);
        }

        if (HasTextHead && task.HasTextLabels() && bert.StartsWith(head, StringComparison.Ordinal))
        {
            return $"{head}out_proj.{bert[head.Length..]}";
        }

        if (HasOuterPooler && bert.StartsWith(Bert.Prefix + OuterPooler, StringComparison.Ordinal))
        {
            return bert[Bert.Prefix.Length..];
        }

        var name = Names.Aggregate(bert, (known, part) => known.Replace(part.Bert, part.Theirs, StringComparison.Ordinal));
        return name.StartsWith(Bert.Prefix, StringComparison.Ordinal) ? Prefix + name[Bert.Prefix.Length..] : name;
    }
}
