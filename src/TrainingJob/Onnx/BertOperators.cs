using Droptune.Core.Inference;
using static Droptune.TrainingJob.Onnx.GraphBuilder;

namespace Droptune.TrainingJob.Onnx;

/// <summary>The steps of BERT (Devlin et al. 2019, as Hugging Face computes them), each adding its operators to the graph.</summary>
internal abstract class BertOperators(GraphBuilder graph, BertParameters parameters, ModelConfig config)
{
    protected GraphBuilder Graph => graph;

    protected BertParameters Parameters => parameters;

    protected ModelConfig Config => config;

    protected int Hidden => config.HiddenSize;

    /// <summary>Sum of the three embeddings, normalised: (batch, length) ids → (batch, length, hidden).</summary>
    public abstract string Embed(string ids);

    /// <summary>The 0/1 mask (batch, length) in the form that <see cref="SelfAttention"/> takes.</summary>
    public abstract string Mask(string mask);

    /// <summary>Scaled dot-product attention of all heads, before the output projection.</summary>
    public abstract string SelfAttention(string hidden, string mask, string layer);

    /// <summary>LayerNorm(<paramref name="value"/> (…, width) · dense + residual), with the layer's <c>dense</c> and <c>LayerNorm</c>.</summary>
    public abstract string AddNorm(string value, int width, string residual, string layer);

    /// <summary>The feed-forward part's first linear layer with its activation.</summary>
    public abstract string Activated(string hidden, string dense);

    public string TagLogits(string hidden) =>
        graph.Add("Add", [Product(hidden, "classifier", Hidden, config.TagNames.Count), Vector("classifier.bias", config.TagNames.Count)]);

    /// <summary>The first token's state through the tanh pooler and a classifier.</summary>
    public string TextLogits(string hidden, string classifier)
    {
        var labels = config.TextLabelNames.Count;
        var first = graph.Add("Gather", [hidden, graph.Scalar("first", 0L)], Int("axis", 1)); // (batch, hidden)
        var pooled = graph.Add("Tanh", [Linear(first, "bert.pooler.dense", Hidden, Hidden)]);
        return Linear(pooled, classifier, Hidden, labels);
    }

    /// <summary><paramref name="value"/> · weight, without the bias, which the step that follows adds.</summary>
    protected virtual string Product(string value, string layer, int inputs, int outputs) =>
        graph.Add("MatMul", [value, Matrix(inputs, outputs, layer, $"{layer}.weight")]);

    protected string Matrix(int inputs, int outputs, string name, params ReadOnlySpan<string> weights) =>
        graph.Weight<float>($"{name}.matrix", [inputs, outputs * weights.Length], parameters.Columns(inputs, outputs, weights));

    protected string Vector(string name, int length) => graph.Weight<float>(name, [length], parameters.Get(name, length));

    protected string Words() => graph.Weight<float>(
        "bert.embeddings.word_embeddings.weight",
        [config.VocabSize, Hidden],
        parameters.Get("bert.embeddings.word_embeddings.weight", config.VocabSize, Hidden));

    /// <summary>The position embeddings with the embedding of token type 0 added: a single text has no other type.</summary>
    protected string Positions()
    {
        var positions = parameters.Get("bert.embeddings.position_embeddings.weight", config.MaxPositionEmbeddings, Hidden);
        var types = parameters.Get("bert.embeddings.token_type_embeddings.weight", config.TypeVocabSize, Hidden);
        var sum = positions.Select((value, i) => value + types[i % Hidden]).ToArray();
        return graph.Weight<float>("bert.embeddings.positions_and_type", [config.MaxPositionEmbeddings, Hidden], sum);
    }

    protected NotSupportedException UnknownActivation() =>
        new($"Activation '{config.HiddenAct}' is not known: gelu, gelu_new, gelu_fast, gelu_pytorch_tanh and relu are");

    private string Linear(string value, string layer, int inputs, int outputs) =>
        graph.Add("Gemm", [value, Matrix(inputs, outputs, layer, $"{layer}.weight"), Vector($"{layer}.bias", outputs)]);
}
