using Droptune.Core.Inference;
using static Droptune.TrainingJob.Onnx.GraphBuilder;
using Tensor = Droptune.TrainingJob.Onnx.TensorProto.Types.Type;

namespace Droptune.TrainingJob.Onnx;

/// <summary>BERT in operators of the ONNX standard alone (operator set 17).</summary>
internal sealed class PlainOperators(GraphBuilder graph, BertParameters parameters, ModelConfig config)
    : BertOperators(graph, parameters, config)
{
    public override string Embed(string ids)
    {
        var length = Graph.Add("Gather", [Graph.Add("Shape", [ids]), Graph.Weight<long>("one", [1], [1])]);
        var positions = Graph.Add("Slice", [Positions(), Graph.Weight<long>("zero", [1], [0]), length]);
        return Norm(Graph.Add("Add", [Graph.Add("Gather", [Words(), ids]), positions]), "bert.embeddings");
    }

    /// <summary>0 where a key counts, -10,000 where it is padding, as (batch, 1, 1, length).</summary>
    public override string Mask(string mask)
    {
        var padding = Graph.Add("Sub", [Graph.Scalar("1.0", 1f), Graph.Add("Cast", [mask], Int("to", (long)Tensor.Float))]);
        var bias = Graph.Add("Mul", [padding, Graph.Scalar("masked", -10_000f)]);
        return Graph.Add("Unsqueeze", [bias, Graph.Weight<long>("head_and_query", [2], [1, 2])]);
    }

    public override string SelfAttention(string hidden, string mask, string layer)
    {
        var query = Heads(hidden, $"{layer}.query", [0, 2, 1, 3]);
        var key = Heads(hidden, $"{layer}.key", [0, 2, 3, 1]); // transposed for the product
        var value = Heads(hidden, $"{layer}.value", [0, 2, 1, 3]);

        var scale = Graph.Scalar("scale", 1f / MathF.Sqrt(HeadSize));
        var scores = Graph.Add("Mul", [Graph.Add("MatMul", [query, key]), scale]); // (batch, heads, length, length)
        var weights = Graph.Add("Softmax", [Graph.Add("Add", [scores, mask])], Int("axis", -1));
        var context = Graph.Add("Transpose", [Graph.Add("MatMul", [weights, value])], Ints("perm", 0, 2, 1, 3));
        return Graph.Add("Reshape", [context, Graph.Weight<long>("joined", [3], [0, 0, Hidden])]);
    }

    public override string AddNorm(string value, int width, string residual, string layer) =>
        Norm(Graph.Add("Add", [Biased(value, $"{layer}.dense", width, Hidden), residual]), layer);

    public override string Activated(string hidden, string dense)
    {
        var value = Biased(hidden, dense, Hidden, Config.IntermediateSize);
        return Config.HiddenAct switch
        {
            "gelu" => Gelu(value, Graph.Add("Erf", [Graph.Add("Mul", [value, Graph.Scalar("1/sqrt(2)", MathF.Sqrt(0.5f))])])),
            "gelu_new" or "gelu_fast" or "gelu_pytorch_tanh" => Gelu(value, Graph.Add("Tanh", [TanhArgument(value)])),
            "relu" => Graph.Add("Relu", [value]),
            _ => throw UnknownActivation(),
        };
    }

    private int HeadSize => Hidden / Config.NumAttentionHeads;

    private string Heads(string hidden, string layer, ReadOnlySpan<long> order)
    {
        var shape = Graph.Weight<long>("split", [4], [0, 0, Config.NumAttentionHeads, HeadSize]);
        return Graph.Add("Transpose", [Graph.Add("Reshape", [Biased(hidden, layer, Hidden, Hidden), shape])], Ints("perm", order));
    }

    private string Biased(string value, string layer, int inputs, int outputs) =>
        Graph.Add("Add", [Product(value, layer, inputs, outputs), Vector($"{layer}.bias", outputs)]);

    private string Norm(string value, string layer) => Graph.Add(
        "LayerNormalization",
        [value, Vector($"{layer}.LayerNorm.weight", Hidden), Vector($"{layer}.LayerNorm.bias", Hidden)],
        Int("axis", -1),
        Float("epsilon", Config.LayerNormEps));

    /// <summary>x/2 · (1 + <paramref name="curve"/>).</summary>
    private string Gelu(string value, string curve) => Graph.Add(
        "Mul",
        [Graph.Add("Mul", [value, Graph.Scalar("0.5", 0.5f)]), Graph.Add("Add", [curve, Graph.Scalar("1.0", 1f)])]);

    /// <summary>√(2/π) · (x + 0.044715 x³).</summary>
    private string TanhArgument(string value)
    {
        var cube = Graph.Add("Mul", [Graph.Add("Mul", [value, value]), value]);
        var sum = Graph.Add("Add", [value, Graph.Add("Mul", [cube, Graph.Scalar("0.044715", 0.044715f)])]);
        return Graph.Add("Mul", [sum, Graph.Scalar("sqrt(2/pi)", MathF.Sqrt(2 / MathF.PI))]);
    }
}
