using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;
using Modules = TorchSharp.Modules;

namespace Droptune.TrainingJob.Model;

/// <summary>
/// BERT as in Hugging Face's transformers (modeling_bert.py): learned positions, post-LayerNorm, tanh-pooled [CLS] for text
/// labels; and what a <see cref="ModelFamily"/> does in another way (modeling_mpnet.py, modeling_modernbert.py, modeling_deberta_v2.py).
/// Shapes: B texts, L pieces, H hidden size.
/// </summary>
public sealed class BertModel(ModelConfig config, BertWeights weights) : IDisposable
{
    // The tiles of the flash kernel are 128 queries: of texts of 12 and 32 pieces it takes twice as long as the memory-efficient one.
    private const int FlashLength = 128;

    private readonly long _heads = config.NumAttentionHeads;
    private readonly long _headSize = config.HiddenSize / config.NumAttentionHeads;
    private readonly DropoutMasks _masks = new();

    public ModelConfig Config => config;

    public BertWeights Weights => weights;

    /// <summary>Whether dropout is active.</summary>
    public bool Training { get; set; }

    /// <summary>What dropout drops from here on depends on nothing else, so that a training can be continued at any batch.</summary>
    public void SeedDropout(int seed)
    {
        _masks.Seed(seed);
        manual_seed(seed).Dispose(); // of a GPU's generator
    }

    /// <summary>What it is trained in; what is measured and kept is float32.</summary>
    public ScalarType Precision { get; init; } = ScalarType.Float32;

    /// <summary>What it computes with while it trains, if not <see cref="Weights"/>: their copy in <see cref="Precision"/>.</summary>
    public BertWeights? Rounded { get; set; }

    private BertWeights Used => Training && Rounded is { } rounded ? rounded : weights;

    /// <summary>The mask that is added to the attention scores (B, 1, 1, L): 0 where there is a piece, else -infinity.</summary>
    /// <param name="lengths">Pieces of each text (B), int64.</param>
    /// <param name="width">L.</param>
    public static Tensor AttentionMask(Tensor lengths, int width)
    {
        var isPadding = arange(width, device: lengths.device).unsqueeze(0).ge(lengths.unsqueeze(1));
        return zeros(lengths.shape[0], width, device: lengths.device).masked_fill_(isPadding, double.NegativeInfinity).unsqueeze(1).unsqueeze(1);
    }

    /// <summary>The word embeddings (B, L, H) of piece ids (B, L).</summary>
    public Tensor Embed(Tensor ids) => Rows(Used[BertWeights.WordEmbeddings], ids);

    /// <summary>Hidden states (B, L, H).</summary>
    /// <param name="words">Word embeddings, see <see cref="Embed"/>.</param>
    /// <param name="mask">See <see cref="AttentionMask"/>; null when no text is padded.</param>
    /// <param name="types">Token types (B, L); null = all 0.</param>
    public Tensor Encode(Tensor words, Tensor? mask, Tensor? types = null)
    {
        var embedded = config.Family.HasPositions ? words + Places(words.shape[1], types) : words;
        mask = mask?.to(embedded.dtype);
        if (config.Family.HasPositionBias)
        {
            var bias = PositionBias(words.shape[1]);
            mask = mask is null ? bias : mask + bias;
        }

        // (B × L, H): only of a matrix a linear layer is one operation with its bias, else two.
        var hidden = Dropout(Norm(embedded, "bert.embeddings.LayerNorm")).flatten(0, 1);
        if (config.Family.IsPreNorm)
        {
            return Norm(PreNormLayers(hidden, words.shape[0], mask), BertWeights.FinalNorm).view(words.shape);
        }

        var distances = config.Family.HasDistances
            ? Distances.Of(config, (int)words.shape[1], Norm(Used[BertWeights.Distances], BertWeights.DistancesNorm)) : null;
        for (var i = 0; i < config.NumHiddenLayers; i++)
        {
            hidden = Layer(hidden, words.shape[0], mask, distances, $"bert.encoder.layer.{i}");
        }

        return hidden.view(words.shape);
    }

    private Tensor Places(long length, Tensor? types)
    {
        var places = Used["bert.embeddings.position_embeddings.weight"].narrow(0, config.FirstPosition, length);
        return config.Family.HasTokenTypes ? places + TypesOf(types) : places;
    }

    /// <summary>The outputs of the heads for hidden states (B, L, H).</summary>
    public Logits Heads(Tensor hidden) => config.Task switch
    {
        _ when config.Family.HasSharedHead => SharedHead(hidden),
        TaskKind.TokenClassification => new(Linear(Dropout(hidden), "classifier"), null),
        TaskKind.TextClassification or TaskKind.MultiLabelClassification => new(null, Linear(Dropout(Pool(hidden)), "classifier")),
        _ => new(Linear(Dropout(hidden), "classifier"), Linear(Dropout(Pool(hidden)), "text_classifier")),
    };

    /// <summary>(B, H): tanh of a dense layer over each [CLS], or what the family has in its place.</summary>
    public Tensor Pool(Tensor hidden)
    {
        var first = hidden.select(1, 0);
        var pooled = Linear(config.Family.HasTextHead ? Dropout(first) : first, BertWeights.Pooler);
        return config.Family.HasOuterPooler ? Activate(pooled) : pooled.tanh();
    }

    /// <summary>Logits of all pieces (N, vocabulary) for hidden states (N, H); the output matrix is that of the word embeddings.</summary>
    public Tensor Guess(Tensor hidden)
    {
        return F.linear(Transform(hidden), Used[BertWeights.WordEmbeddings], Used[$"{BertWeights.LanguageHead}.bias"]).to(ScalarType.Float32);
    }

    public void Dispose() => weights.Dispose();

    private Tensor Transform(Tensor hidden) =>
        Norm(Activate(Linear(hidden, $"{BertWeights.LanguageHead}.transform.dense")), $"{BertWeights.LanguageHead}.transform.LayerNorm");

    private Logits SharedHead(Tensor hidden) => new(
        config.Task.HasEntities() ? Linear(Dropout(Transform(hidden)), "classifier") : null,
        config.Task.HasTextLabels() ? Linear(Dropout(Transform(hidden.select(1, 0))), config.Task.HasEntities() ? "text_classifier" : "classifier") : null);

    private static Tensor Rows(Tensor table, Tensor ids) =>
        table.index_select(0, ids.flatten()).view(ids.shape[0], ids.shape[1], table.shape[1]);

    private Tensor TypesOf(Tensor? types) => Used[BertWeights.TypeEmbeddings] is var table && types is null ? table[0] : Rows(table, types);

    /// <summary>What is added to the attention scores for the distance of two pieces (1, heads, L, L).</summary>
    private Tensor PositionBias(long length)
    {
        // A product with ones and zeros, whose gradient is the same sum each time, unlike that of a look-up on a GPU.
        var table = Used[BertWeights.PositionBias];
        var buckets = F.one_hot(tensor(PositionBuckets.Of((int)length), device: table.device), PositionBuckets.Count).to(table.dtype);
        return F.linear(buckets, table.t()).t().unfold(1, length, 1).flip(1).unsqueeze(0).contiguous(); // from the last window, which is of the first piece
    }

    private Tensor PreNormLayers(Tensor hidden, long texts, Tensor? mask)
    {
        var length = (int)(hidden.shape[0] / texts);
        var (near, everywhere, around) = (LocalMask(length, mask, hidden), Rotation.Of(config, length, isGlobal: true, hidden), Rotation.Of(config, length, isGlobal: false, hidden));
        for (var i = 0; i < config.NumHiddenLayers; i++)
        {
            var (layer, isGlobal) = ($"bert.encoder.layer.{i}", config.IsGlobal(i));
            var read = i == 0 ? hidden : Norm(hidden, $"{layer}.attention.norm");
            var attended = Attend(read, texts, isGlobal ? mask : near, $"{layer}.attention.self.qkv", isGlobal ? everywhere : around);
            hidden += Dropout(Linear(attended, $"{layer}.attention.output.dense"));

            var inner = Linear(Norm(hidden, $"{layer}.intermediate.norm"), $"{layer}.intermediate.dense").chunk(2, -1);
            hidden += Linear(Dropout(Activate(inner[0]) * inner[1]), $"{layer}.output.dense");
        }

        return hidden;
    }

    /// <summary>
    /// The mask of layers that see but the pieces around each. Each sees itself in any case: a row of padding that saw nothing would be no
    /// number, and no row that attends to it, either.
    /// </summary>
    private Tensor? LocalMask(int length, Tensor? mask, Tensor like)
    {
        var reach = config.LocalAttention!.Value / 2;
        if (length - 1 <= reach)
        {
            return mask;
        }

        var piece = arange(length, device: like.device);
        var distance = (piece.unsqueeze(0) - piece.unsqueeze(1)).abs();
        var far = zeros(length, length, dtype: like.dtype, device: like.device).masked_fill_(distance.gt(reach), double.NegativeInfinity);
        return mask is null ? far : (mask + far).masked_fill(distance.eq(0), 0);
    }

    private Tensor Layer(Tensor hidden, long texts, Tensor? mask, Distances? distances, string layer)
    {
        var attended = Linear(Attend(hidden, texts, mask, $"{layer}.attention.self.qkv", null, distances), $"{layer}.attention.output.dense");
        hidden = Norm(Dropout(attended) + hidden, $"{layer}.attention.output.LayerNorm");

        var inner = Activate(Linear(hidden, $"{layer}.intermediate.dense"));
        return Norm(Dropout(Linear(inner, $"{layer}.output.dense")) + hidden, $"{layer}.output.LayerNorm");
    }

    private Tensor Attend(Tensor hidden, long texts, Tensor? mask, string projection, Rotation? rotation, Distances? distances = null)
    {
        var length = hidden.shape[0] / texts;
        var joined = Linear(hidden, projection);
        var dropout = Training ? config.AttentionProbsDropoutProb : 0;
        if (dropout > 0 && hidden.device_type == DeviceType.CPU)
        {
            var parts = joined.view(texts, length, 3, _heads, _headSize).permute(2, 0, 3, 1, 4); // 3 × (B, heads, L, H / heads)
            return Joined(AttendWithMasks(Placed(parts.contiguous().unbind(0)), dropout));
        }

        if (hidden.device_type == DeviceType.CUDA)
        {
            backends.cuda.enable_flash_sdp(length >= FlashLength); // else libtorch's memory-efficient kernel
        }

        var (query, key, value, scores) = Placed([.. joined.chunk(3, -1).Select(part => part.view(texts, length, _heads, _headSize).transpose(1, 2))]);
        return Joined(F.scaled_dot_product_attention(query, key, value, scores, dropout));

        // Query, key and value (B, heads, L, H / heads) with what the family knows of positions, and what is added to the scores.
        (Tensor Query, Tensor Key, Tensor Value, Tensor? Scores) Placed(Tensor[] parts)
        {
            if (distances is null)
            {
                return rotation is null ? (parts[0], parts[1], parts[2], mask) : (rotation.Apply(parts[0]), rotation.Apply(parts[1]), parts[2], mask);
            }

            var projected = F.linear(Dropout(distances.Embeddings), OfQueryAndKey("weight"), OfQueryAndKey("bias"));
            var (query, scores) = distances.Apply(parts[0], parts[1], projected);
            return (query, parts[1], parts[2], mask is null ? scores : scores + mask);
        }

        Tensor OfQueryAndKey(string kind) => Used[$"{projection}.{kind}"].narrow(0, 0, 2 * config.HiddenSize);

        Tensor Joined(Tensor attended) => attended.transpose(1, 2).reshape(texts * length, config.HiddenSize);
    }

    // The same in single steps: with dropout libtorch would take them too on a CPU, with more copies and its slow dropout.
    private Tensor AttendWithMasks((Tensor Query, Tensor Key, Tensor Value, Tensor? Scores) parts, double dropout)
    {
        var shape = parts.Query.shape;
        var (query, key, value) = (parts.Query.flatten(0, 1), parts.Key.flatten(0, 1), parts.Value.flatten(0, 1));
        var scores = query.bmm(key.transpose(1, 2)).mul_(1 / Math.Sqrt(_headSize)).view(shape[0], shape[1], shape[2], shape[2]);
        var attention = (parts.Scores is null ? scores : scores.add_(parts.Scores)).softmax(-1);
        var dropped = attention * _masks.Next(attention.shape, dropout).to(attention.dtype);
        return dropped.flatten(0, 1).bmm(value).view(shape);
    }

    private Tensor Activate(Tensor inner) => config.HiddenAct switch
    {
        "gelu" => F.gelu(inner),
        "gelu_new" or "gelu_fast" or "gelu_pytorch_tanh" => F.gelu(inner, Modules.GELU.Approximate.tanh),
        "relu" => F.relu(inner),
        var other => throw new NotSupportedException($"hidden_act '{other}' is not supported; gelu, gelu_new and relu are."),
    };

    private Tensor Linear(Tensor input, string name) => F.linear(input, Used[$"{name}.weight"], Used.Find($"{name}.bias"));

    private Tensor Norm(Tensor input, string name) =>
        F.layer_norm(input, [config.HiddenSize], Used[$"{name}.weight"], Used.Find($"{name}.bias"), config.LayerNormEps);

    private Tensor Dropout(Tensor input) =>
        !Training || config.HiddenDropoutProb == 0 ? input
        : input.device_type == DeviceType.CPU ? input * _masks.Next(input.shape, config.HiddenDropoutProb).to(input.dtype)
        : F.dropout(input, config.HiddenDropoutProb, training: true);
}

/// <summary>What the heads of a model give: tags (B, L, tags) and text labels (B, labels); null where the task has none.</summary>
public sealed record Logits(Tensor? Tags, Tensor? Text);
