using Droptune.Core.Inference;
using static Droptune.TrainingJob.Onnx.GraphBuilder;

namespace Droptune.TrainingJob.Onnx;

/// <summary>
/// BERT with the products of every layer in 8 bits: weights with one scale a column, set here, and activations with one a row,
/// found as they come. So a row's answer does not depend on what else is in the batch, which one scale for the whole batch
/// (DynamicQuantizeMatMul, what exporters usually write) cannot promise. Embeddings and classifiers stay in floats.
/// </summary>
internal sealed class QuantizedOperators(GraphBuilder graph, BertParameters parameters, ModelConfig config)
    : FusedOperators(graph, parameters, config)
{
    private const float Steps = 127; // on each side of zero
    private const byte Zero = 128; // unsigned activations times signed weights is what x86 and Arm multiply fastest

    // What reads the same value, as query, key and value do, shares its quantised form.
    private readonly Dictionary<string, (string Rows, string Scales)> _quantized = [];

    private string _zeros = "";

    public override string Mask(string mask)
    {
        // A zero point for each row, (batch, length, 1), as a row-wise QuantizeLinear wants it.
        var shape = Graph.Add("Shape", [Graph.Add("Unsqueeze", [mask, LastAxis()])]);
        _zeros = Graph.Add("Expand", [Graph.Scalar("zero", Zero), shape]);
        return base.Mask(mask);
    }

    public override string SelfAttention(string hidden, string mask, string layer)
    {
        var query = Product(hidden, $"{layer}.query", Hidden, Hidden);
        var key = Product(hidden, $"{layer}.key", Hidden, Hidden);
        var value = Product(hidden, $"{layer}.value", Hidden, Hidden);
        return Graph.AddFused(
            "MultiHeadAttention", [query, key, value, QkvBias(layer), mask], Int("num_heads", Config.NumAttentionHeads));
    }

    /// <summary>(rows · scale) quantised, times the quantised weight, times both scales.</summary>
    protected override string Product(string value, string layer, int inputs, int outputs)
    {
        if (layer == "classifier")
        {
            return base.Product(value, layer, inputs, outputs);
        }

        var (rows, scales) = Quantized(value, inputs);
        var (weight, columns) = QuantizedWeight(layer, inputs, outputs);
        var product = Graph.AddFused(
            "MatMulIntegerToFloat", [rows, weight, Graph.Scalar("1.0", 1f), columns, Graph.Scalar("zero", Zero)]);
        return Graph.Add("Mul", [product, scales]);
    }

    private (string Rows, string Scales) Quantized(string value, int width)
    {
        if (!_quantized.TryGetValue(value, out var quantized))
        {
            var largest = Graph.Add("ReduceMax", [Graph.Add("Abs", [value]), LastAxis()], Int("keepdims", 1));
            var scales = Graph.Add("Mul", [largest, Graph.Scalar("1/steps", 1 / Steps)]); // (batch, length, 1)
            var rows = Graph.Add("QuantizeLinear", [value, scales, _zeros], Int("axis", -1), Int("block_size", width));
            quantized = _quantized[value] = (rows, scales);
        }

        return quantized;
    }

    private (string Weight, string Scales) QuantizedWeight(string layer, int inputs, int outputs)
    {
        var matrix = Parameters.Columns(inputs, outputs, $"{layer}.weight");
        var (quantized, scales) = (new sbyte[matrix.Length], new float[outputs]);
        for (var i = 0; i < matrix.Length; i++)
        {
            scales[i % outputs] = Math.Max(scales[i % outputs], Math.Abs(matrix[i]) / Steps);
        }

        for (var i = 0; i < matrix.Length; i++)
        {
            var scale = scales[i % outputs];
            quantized[i] = scale > 0 ? (sbyte)MathF.Round(matrix[i] / scale) : (sbyte)0;
        }

        return (
            Graph.Weight<sbyte>($"{layer}.int8", [inputs, outputs], quantized),
            Graph.Weight<float>($"{layer}.scales", [outputs], scales));
    }

    private string LastAxis() => Graph.Weight<long>("last_axis", [1], [-1]);
}
