using Droptune.Core.Inference;
using static Droptune.TrainingJob.Onnx.GraphBuilder;
using Tensor = Droptune.TrainingJob.Onnx.TensorProto.Types.Type;

namespace Droptune.TrainingJob.Onnx;

/// <summary>
/// BERT in ONNX Runtime's fused operators, emitted as they are: its optimiser would have to find the exact pattern of each
/// (https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md).
/// </summary>
internal class FusedOperators(GraphBuilder graph, BertParameters parameters, ModelConfig config)
    : BertOperators(graph, parameters, config)
{
    public override string Embed(string ids) => Graph.AddFused(
        "EmbedLayerNormalization",
        [
            Graph.Add("Cast", [ids], Int("to", (long)Tensor.Int32)),
            "", // no token types
            Words(),
            Positions(),
            "",
            Vector("bert.embeddings.LayerNorm.weight", Hidden),
            Vector("bert.embeddings.LayerNorm.bias", Hidden),
        ],
        Float("epsilon", Config.LayerNormEps));

    public override string Mask(string mask) => Graph.Add("Cast", [mask], Int("to", (long)Tensor.Int32));

    public override string SelfAttention(string hidden, string mask, string layer)
    {
        var weight = Matrix(Hidden, Hidden, $"{layer}.qkv", $"{layer}.query.weight", $"{layer}.key.weight", $"{layer}.value.weight");
        return Graph.AddFused("Attention", [hidden, weight, QkvBias(layer), mask], Int("num_heads", Config.NumAttentionHeads));
    }

    public override string AddNorm(string value, int width, string residual, string layer) => Graph.AddFused(
        "SkipLayerNormalization",
        [
            Product(value, $"{layer}.dense", width, Hidden),
            residual,
            Vector($"{layer}.LayerNorm.weight", Hidden),
            Vector($"{layer}.LayerNorm.bias", Hidden),
            Vector($"{layer}.dense.bias", Hidden),
        ],
        Float("epsilon", Config.LayerNormEps));

    public override string Activated(string hidden, string dense)
    {
        var product = Product(hidden, dense, Hidden, Config.IntermediateSize);
        var bias = Vector($"{dense}.bias", Config.IntermediateSize);
        return Config.HiddenAct switch
        {
            "gelu" => Graph.AddFused("BiasGelu", [product, bias]), // erf
            "gelu_new" or "gelu_fast" or "gelu_pytorch_tanh" => Graph.AddFused("FastGelu", [product, bias]), // tanh
            "relu" => Graph.Add("Relu", [Graph.Add("Add", [product, bias])]),
            _ => throw UnknownActivation(),
        };
    }

    protected string QkvBias(string layer) => Graph.Weight<float>(
        $"{layer}.qkv.bias", [3 * Hidden], Parameters.Joined(Hidden, $"{layer}.query.bias", $"{layer}.key.bias", $"{layer}.value.bias"));
}
