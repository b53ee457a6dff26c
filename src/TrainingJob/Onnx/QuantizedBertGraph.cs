using static Droptune.TrainingJob.Onnx.GraphBuilder;

namespace Droptune.TrainingJob.Onnx;

/// <summary>
/// BERT with the products of every layer in 8 bits: weights with one scale a column, set here, and activations with one a row,
/// found as they come. So a row's answer does not depend on what else is in the batch, which one scale for the whole batch
/// (DynamicQuantizeMatMul, what exporters usually write) cannot promise. Embeddings and classifiers stay in floats.
/// </summary>
internal sealed class QuantizedBertGraph(GraphBuilder graph, BertParameters parameters, ModelConfig config)
    : BertGraph(graph, parameters, config)
{
    private const float WeightSteps = 127; // signed, on each side of 0

    // Activations are unsigned around a zero point: unsigned times signed is what processors multiply fastest.
    private static readonly Range Symmetric = new(Zero: 128, Above: 127, Floor: 0);

    // What GELU and ReLU give reaches down to -0.17 at most: most of the steps go to the other side.
    private static readonly Range Activated = new(Zero: 32, Above: 223, Floor: 0.1701f);

    private readonly HashSet<string> _activated = [];

    private string? _firstScales; // all have the same shape

    // What reads the same value, as query, key and value do, shares its quantised form.
    private readonly Dictionary<string, (string Rows, string Scales)> _quantized = [];

    /// <summary>How a row is quantised.</summary>
    /// <param name="Zero">The step that stands for 0.</param>
    /// <param name="Above">Steps above it.</param>
    /// <param name="Floor">What the steps below it must reach: the least value that occurs is its negative. 0 = as far as above.</param>
    private sealed record Range(byte Zero, float Above, float Floor);

    protected override string Activation(string value)
    {
        var activated = base.Activation(value);
        _activated.Add(activated);
        return activated;
    }

    protected override string Linear(string value, string layer, int inputs, int outputs)
    {
        var range = _activated.Contains(value) ? Activated : Symmetric;
        var (rows, scales) = Quantized(value, inputs, range);
        var (values, bias) = Values(layer, inputs, outputs);
        var (weight, columns) = QuantizedWeight(layer, values, inputs, outputs);
        var product = Graph.AddFused("MatMulIntegerToFloat", [rows, weight, Graph.Scalar("1.0", 1f), columns, ZeroPoint(range)]);
        var scaled = Graph.Add("Mul", [product, scales]);
        return bias is null ? scaled : Graph.Add("Add", [scaled, Graph.Weight<float>($"{layer}.bias", [outputs], bias)]);
    }

    private (string Rows, string Scales) Quantized(string value, int width, Range range)
    {
        if (!_quantized.TryGetValue(value, out var quantized))
        {
            var scales = Scales(value, range); // (rows, 1)
            var zeros = Graph.AddOnce("Expand", [ZeroPoint(range), Graph.AddOnce("Shape", [_firstScales ??= scales])]);
            quantized = _quantized[value] =
                (Graph.Add("QuantizeLinear", [value, scales, zeros], Int("axis", 1), Int("block_size", width)), scales);
        }

        return quantized;
    }

    private string Scales(string value, Range range)
    {
        var axis = Graph.Weight<long>("[1]", [1], [1]);
        var largest = Graph.Add("ReduceMax", [range.Floor > 0 ? value : Graph.Add("Abs", [value]), axis], Int("keepdims", 1));
        var scales = Graph.Add("Mul", [largest, Graph.Scalar($"1/{range.Above}", 1 / range.Above)]);
        return range.Floor > 0 ? Graph.Add("Max", [scales, Graph.Scalar($"floor/{range.Zero}", range.Floor / range.Zero)]) : scales;
    }

    private string ZeroPoint(Range range) => Graph.Scalar($"zero {range.Zero}", range.Zero);

    private (string Weight, string Scales) QuantizedWeight(string layer, float[] values, int inputs, int outputs)
    {
        var (quantized, scales) = (new sbyte[values.Length], new float[outputs]);
        for (var i = 0; i < values.Length; i++)
        {
            scales[i % outputs] = Math.Max(scales[i % outputs], Math.Abs(values[i]) / WeightSteps);
        }

        for (var i = 0; i < values.Length; i++)
        {
            var scale = scales[i % outputs];
            quantized[i] = scale > 0 ? (sbyte)MathF.Round(values[i] / scale) : (sbyte)0;
        }

        return (
            Graph.Weight<sbyte>($"{layer}.int8", [inputs, outputs], quantized),
            Graph.Weight<float>($"{layer}.scales", [outputs], scales));
    }
}
