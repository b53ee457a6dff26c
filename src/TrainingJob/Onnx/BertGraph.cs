using Droptune.TrainingJob.Model;
using static Droptune.TrainingJob.Onnx.GraphBuilder;
using Tensor = Droptune.TrainingJob.Onnx.TensorProto.Types.Type;

namespace Droptune.TrainingJob.Onnx;

/// <summary>
/// BERT (Devlin et al. 2019, as Hugging Face computes it), and what a <see cref="ModelFamily"/> does in another way, in operators of the
/// ONNX standard. All but attention sees one row a token, (batch · length, hidden), so that a linear layer is one Gemm with its bias. Why
/// not ONNX Runtime's fused transformer operators: bench/results/serving.md.
/// </summary>
internal class BertGraph
{
    private readonly string _ids;
    private readonly string _mask;
    private readonly string _shape; // batch, length
    private readonly DistanceScores? _distances;

    public BertGraph(GraphBuilder graph, BertParameters parameters, ModelConfig config)
    {
        (Graph, Parameters, Config) = (graph, parameters, config);
        _ids = graph.Input("input_ids", Tensor.Int64, "batch", "length");
        _mask = graph.Input("attention_mask", Tensor.Int64, "batch", "length");
        _shape = graph.Add("Shape", [_ids]);
        _distances = config.Family.HasDistances ? new(graph, parameters, config, Length()) : null;
    }

    protected GraphBuilder Graph { get; }

    protected BertParameters Parameters { get; }

    protected ModelConfig Config { get; }

    private int Hidden => Config.HiddenSize;

    private int HeadSize => Hidden / Config.NumAttentionHeads;

    /// <summary>Adds the encoder; returns the last hidden state, (batch · length, hidden).</summary>
    public string Encoder()
    {
        var hidden = Embeddings();
        var mask = MaskBias();
        if (Config.Family.IsPreNorm)
        {
            return Norm(PreNormLayers(hidden, mask), "bert.final_norm");
        }

        for (var i = 0; i < Config.NumHiddenLayers; i++)
        {
            var layer = $"bert.encoder.layer.{i}";
            var context = SelfAttention(hidden, mask, $"{layer}.attention.self");
            hidden = AddNorm(Linear(context, $"{layer}.attention.output.dense", Hidden, Hidden), hidden, $"{layer}.attention.output.LayerNorm");
            var inner = Activation(Linear(hidden, $"{layer}.intermediate.dense", Hidden, Config.IntermediateSize));
            hidden = AddNorm(Linear(inner, $"{layer}.output.dense", Config.IntermediateSize, Hidden), hidden, $"{layer}.output.LayerNorm");
        }

        return hidden;
    }

    /// <summary>The output <paramref name="name"/>, (batch, length, tags).</summary>
    public void TagLogits(string name, string hidden)
    {
        var tags = Config.TagNames.Count;
        var logits = Reshaped(Gemm(Config.Family.HasSharedHead ? Transform(hidden) : hidden, "classifier", Hidden, tags), tags);
        Graph.Output(name, logits, Tensor.Float, "batch", "length", tags);
    }

    /// <summary>The output <paramref name="name"/>, (batch, labels): the first token through the tanh pooler and a classifier.</summary>
    public void TextLogits(string name, string hidden, string classifier)
    {
        var labels = Config.TextLabelNames.Count;
        var first = Graph.Add("Gather", [Reshaped(hidden, Hidden), Graph.Scalar("first", 0L)], Int("axis", 1)); // (batch, hidden)
        var pooled = Config.Family.HasSharedHead ? Transform(first) : Pooled(Gemm(first, "bert.pooler.dense", Hidden, Hidden));
        Graph.Output(name, Gemm(pooled, classifier, Hidden, labels), Tensor.Float, "batch", labels);
    }

    /// <summary><paramref name="value"/> · weight + bias, of a layer of the encoder.</summary>
    protected virtual string Linear(string value, string layer, int inputs, int outputs) => Gemm(value, layer, inputs, outputs);

    protected virtual string Activation(string value) => Config.HiddenAct switch
    {
        "gelu" => Graph.Add("Gelu", [value]), // erf
        "gelu_new" or "gelu_fast" or "gelu_pytorch_tanh" => Graph.Add("Gelu", [value], Text("approximate", "tanh")),
        "relu" => Graph.Add("Relu", [value]),
        _ => throw new NotSupportedException(
            $"Activation '{Config.HiddenAct}' is not known: gelu, gelu_new, gelu_fast, gelu_pytorch_tanh and relu are"),
    };

    protected string Vector(string name, int length) => Graph.Weight<float>(name, [length], Parameters.Get(name, length));

    /// <summary>
    /// Weight (inputs, outputs) and bias, with what attention needs not compute. The query holds the 1/√size of the scores. The
    /// bias of the key would add the same to all scores of a query, which softmax does not see (but where keys meet distances). The
    /// bias of the value comes out of attention as it went in, its weights being 1 in sum: it has gone through the layer that follows,
    /// into the bias there.
    /// </summary>
    protected (float[] Weight, float[]? Bias) Values(string layer, int inputs, int outputs)
    {
        var weight = Parameters.Transposed($"{layer}.weight", inputs, outputs);
        var hasBias = Config.Family.HasBiases || layer.EndsWith("classifier", StringComparison.Ordinal);
        var bias = hasBias ? Parameters.Get($"{layer}.bias", outputs) : null;
        if (Is(".self.query"))
        {
            var scale = 1 / MathF.Sqrt(HeadSize * (Config.Family.HasDistances ? Distances.Products : 1));
            return ([.. weight.Select(w => w * scale)], bias?.Select(b => b * scale).ToArray());
        }

        if (bias is null)
        {
            return (weight, null);
        }

        if (Is(".attention.output.dense"))
        {
            var value = Parameters.Get(layer.Replace(".output.dense", ".self.value.bias", StringComparison.Ordinal), inputs);
            return (weight, [.. bias.Zip(Product(value, weight), (b, v) => b + v)]);
        }

        return (weight, (Is(".self.key") && !Config.Family.HasDistances) || Is(".self.value") ? null : bias);

        bool Is(string end) => layer.EndsWith(end, StringComparison.Ordinal);
    }

    private string Gemm(string value, string layer, int inputs, int outputs)
    {
        var (values, bias) = Values(layer, inputs, outputs);
        var weight = Graph.Weight<float>($"{layer}.weight", [inputs, outputs], values);
        return Graph.Add("Gemm", bias is null ? [value, weight] : [value, weight, Graph.Weight<float>($"{layer}.bias", [outputs], bias)]);
    }

    /// <summary>A row times a matrix (row.Length, outputs).</summary>
    private static float[] Product(float[] row, float[] matrix)
    {
        var sums = new double[matrix.Length / row.Length];
        for (var i = 0; i < matrix.Length; i++)
        {
            sums[i % sums.Length] += (double)row[i / sums.Length] * matrix[i];
        }

        return [.. sums.Select(sum => (float)sum)];
    }

    private string Embeddings()
    {
        const string Name = "bert.embeddings";
        var table = Parameters.Get($"{Name}.word_embeddings.weight", Config.VocabSize, Hidden);
        var words = Graph.Add("Gather", [Graph.Weight<float>($"{Name}.word_embeddings.weight", [Config.VocabSize, Hidden], table), _ids]);
        if (!Config.Family.HasPositions)
        {
            return Norm(Graph.Add("Reshape", [words, Rows()]), $"{Name}.LayerNorm");
        }

        // Each position with the embedding of token type 0, which a single text has throughout.
        var types = Config.Family.HasTokenTypes ? Parameters.Get($"{Name}.token_type_embeddings.weight", Config.TypeVocabSize, Hidden) : new float[Hidden];
        var positions = Parameters.Get($"{Name}.position_embeddings.weight", Config.MaxPositionEmbeddings, Hidden)
            .Skip(Config.FirstPosition * Hidden).Select((value, i) => value + types[i % Hidden]).ToArray();
        var all = Graph.Weight<float>($"{Name}.positions_and_type", [Config.MostPieces, Hidden], positions);
        var length = Length();
        var used = Graph.Add("Slice", [all, Graph.Weight<long>("[0]", [1], [0]), length]);

        var rows = Graph.Add("Reshape", [Graph.Add("Add", [words, used]), Rows()]);
        return Norm(rows, $"{Name}.LayerNorm");
    }

    /// <summary>0 where a key counts, -10,000 where it is padding, as (batch, 1, 1, length).</summary>
    private string MaskBias()
    {
        var padding = Graph.Add("Sub", [Graph.Scalar("1.0", 1f), Graph.Add("Cast", [_mask], Int("to", (long)Tensor.Float))]);
        var bias = Graph.Add("Mul", [padding, Graph.Scalar("masked", -10_000f)]);
        bias = Graph.Add("Unsqueeze", [bias, Graph.Weight<long>("head and query", [2], [1, 2])]);
        return Config.Family.HasPositionBias ? Graph.Add("Add", [bias, PositionBias()]) : bias;
    }

    /// <summary>What the distance of two pieces adds to their score, (1, heads, length, length).</summary>
    private string PositionBias()
    {
        const long Farthest = PositionBuckets.Farthest;
        var heads = Config.NumAttentionHeads;
        var table = Parameters.Get("bert.encoder.relative_attention_bias.weight", PositionBuckets.Count, heads);
        var bias = PositionBuckets.Of((int)Farthest + 1).SelectMany(bucket => table.AsSpan((int)bucket * heads, heads).ToArray()).ToArray();
        var byDistance = Graph.Weight<float>("bias by distance", [(2 * Farthest) + 1, heads], bias);

        var distance = Graph.Add("Clip", [Distance(), Graph.Scalar("farthest before", -Farthest), Graph.Scalar("farthest", Farthest)]);
        var row = Graph.Add("Add", [distance, Graph.Scalar("farthest", Farthest)]);
        var chosen = Graph.Add("Transpose", [Graph.Add("Gather", [byDistance, row])], Ints("perm", 2, 0, 1));
        return Graph.Add("Unsqueeze", [chosen, Graph.Weight<long>("[0]", [1], [0])]);
    }

    /// <summary>How far each piece is from each that reads it, (length, length).</summary>
    private string Distance()
    {
        var piece = Graph.Add("Range", [Graph.Scalar("first", 0L), Graph.Add("Squeeze", [Length()]), Graph.Scalar("1", 1L)]);
        var (read, reading) = (Graph.Add("Unsqueeze", [piece, Graph.Weight<long>("[0]", [1], [0])]), Graph.Add("Unsqueeze", [piece, Graph.Weight<long>("[1]", [1], [1])]));
        return Graph.Add("Sub", [read, reading]);
    }

    private string Length() => Graph.AddOnce("Gather", [_shape, Graph.Weight<long>("[1]", [1], [1])]);

    private string PreNormLayers(string hidden, string mask)
    {
        var near = Graph.Add("Add", [mask, LocalBias()]);
        for (var i = 0; i < Config.NumHiddenLayers; i++)
        {
            var (layer, isGlobal) = ($"bert.encoder.layer.{i}", Config.IsGlobal(i));
            var read = i == 0 ? hidden : Norm(hidden, $"{layer}.attention.norm");
            var context = SelfAttention(read, isGlobal ? mask : near, $"{layer}.attention.self", isGlobal);
            hidden = Graph.Add("Add", [hidden, Linear(context, $"{layer}.attention.output.dense", Hidden, Hidden)]);

            var inner = Linear(Norm(hidden, $"{layer}.intermediate.norm"), $"{layer}.intermediate.dense", Hidden, 2 * Config.IntermediateSize);
            var (value, gate) = (Part(inner, 0, Config.IntermediateSize), Part(inner, Config.IntermediateSize, 2 * Config.IntermediateSize));
            var gated = Graph.Add("Mul", [Activation(value), gate]);
            hidden = Graph.Add("Add", [hidden, Linear(gated, $"{layer}.output.dense", Config.IntermediateSize, Hidden)]);
        }

        return hidden;
    }

    /// <summary>Columns of a matrix, or what stands last in a larger tensor.</summary>
    private string Part(string value, long start, long end) =>
        Graph.Add("Slice", [value, Graph.Weight<long>($"[{start}]", [1], [start]), Graph.Weight<long>($"[{end}]", [1], [end]), Graph.Weight<long>("[-1]", [1], [-1])]);

    private string Pooled(string dense) => Config.Family.HasOuterPooler ? Activation(dense) : Graph.Add("Tanh", [dense]);

    private string Transform(string hidden)
    {
        const string Name = "cls.predictions.transform";
        return Norm(Activation(Gemm(hidden, $"{Name}.dense", Hidden, Hidden)), $"{Name}.LayerNorm");
    }

    /// <summary>-10,000 where a piece is too far for local layers, (length, length).</summary>
    private string LocalBias()
    {
        var far = Graph.Add("Greater", [Graph.Add("Abs", [Distance()]), Graph.Scalar("reach", (long)Config.LocalAttention!.Value / 2)]);
        return Graph.Add("Mul", [Graph.Add("Cast", [far], Int("to", (long)Tensor.Float)), Graph.Scalar("masked", -10_000f)]);
    }

    /// <summary>Turns queries or keys (batch, length, heads, size) by their positions.</summary>
    private string Turned(string value, bool isGlobal)
    {
        var (cosine, sine) = Config.Rotation(Config.MaxLength, isGlobal);
        var half = HeadSize / 2;
        var turned = Graph.Add("Concat", [Graph.Add("Neg", [Part(value, half, HeadSize)]), Part(value, 0, half)], Int("axis", -1));
        return Graph.Add("Add", [Graph.Add("Mul", [value, Used("cosine", cosine)]), Graph.Add("Mul", [turned, Used("sine", sine)])]);

        string Used(string name, float[] values)
        {
            var all = Graph.Weight<float>($"{name}, {(isGlobal ? "global" : "local")}", [Config.MaxLength, 1, HeadSize], values);
            return Graph.AddOnce("Slice", [all, Graph.Weight<long>("[0]", [1], [0]), Length()]);
        }
    }

    private string SelfAttention(string hidden, string mask, string layer, bool isGlobal = true)
    {
        var query = Heads(Linear(hidden, $"{layer}.query", Hidden, Hidden), isGlobal, 0, 2, 1, 3);
        var keys = Linear(hidden, $"{layer}.key", Hidden, Hidden);
        var key = Heads(keys, isGlobal, 0, 2, 3, 1); // transposed for the product
        var value = Heads(Linear(hidden, $"{layer}.value", Hidden, Hidden), null, 0, 2, 1, 3);
        if (_distances is not null)
        {
            mask = Graph.Add("Add", [mask, _distances.Of(query, Heads(keys, null, 0, 2, 1, 3), layer, name => Values(name, Hidden, Hidden))]);
        }

        var scores = Graph.Add("Add", [Graph.Add("MatMul", [query, key]), mask]); // (batch, heads, length, length)
        var weights = Graph.Add("Softmax", [scores], Int("axis", -1));
        var context = Graph.Add("Transpose", [Graph.Add("MatMul", [weights, value])], Ints("perm", 0, 2, 1, 3));
        return Graph.Add("Reshape", [context, Rows()]);
    }

    /// <summary>(batch · length, hidden) → (batch, length, heads, size), in another order.</summary>
    /// <param name="value">Query, key or value.</param>
    /// <param name="isGlobal">By which positions it is turned; null = by none.</param>
    /// <param name="order">Of the dimensions.</param>
    private string Heads(string value, bool? isGlobal, params ReadOnlySpan<long> order)
    {
        var heads = Graph.Weight<long>("heads and size", [2], [Config.NumAttentionHeads, HeadSize]);
        var shape = Graph.AddOnce("Concat", [_shape, heads], Int("axis", 0));
        var divided = Graph.Add("Reshape", [value, shape]);
        return Graph.Add("Transpose", [isGlobal is { } all && Config.Family.HasRotation ? Turned(divided, all) : divided], Ints("perm", order));
    }

    private string AddNorm(string value, string residual, string norm) => Norm(Graph.Add("Add", [value, residual]), norm);

    private string Norm(string value, string norm) => Graph.Add(
        "LayerNormalization",
        Config.Family.HasBiases ? [value, Vector($"{norm}.weight", Hidden), Vector($"{norm}.bias", Hidden)] : [value, Vector($"{norm}.weight", Hidden)],
        Int("axis", -1),
        Float("epsilon", Config.LayerNormEps));

    private string Rows() => Graph.Weight<long>("rows", [2], [-1, Hidden]);

    /// <summary>(batch · length, width) → (batch, length, width).</summary>
    private string Reshaped(string value, int width)
    {
        var shape = Graph.AddOnce("Concat", [_shape, Graph.Weight<long>($"[{width}]", [1], [width])], Int("axis", 0));
        return Graph.Add("Reshape", [value, shape]);
    }
}
