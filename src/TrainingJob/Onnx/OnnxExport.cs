using Droptune.Core.Datasets;
using Droptune.Core.Inference;
using Google.Protobuf;
using Tensor = Droptune.TrainingJob.Onnx.TensorProto.Types.Type;

namespace Droptune.TrainingJob.Onnx;

/// <summary>Which operators a model file is made of.</summary>
public enum OnnxOperators
{
    /// <summary>ONNX Runtime's fused transformer operators: what is served.</summary>
    Fused,

    /// <summary>The ONNX standard alone, for other runtimes.</summary>
    Plain,

    /// <summary>As <see cref="Fused"/>, with the products of the layers in 8 bits.</summary>
    Quantized,
}

/// <summary>
/// Writes a BERT model as ONNX straight from its parameters: TorchSharp cannot trace a module. Inputs <c>input_ids</c> and
/// <c>attention_mask</c>, int64 (batch, length); outputs <c>logits</c>, and <c>text_logits</c> for a joint model.
/// </summary>
public static class OnnxExport
{
    /// <param name="parameters">Hugging Face's names, shapes as in PyTorch.</param>
    /// <param name="config">Sizes of the model, its task and labels.</param>
    /// <param name="path">The file to write.</param>
    /// <param name="operators">What the file is made of.</param>
    public static void Write(
        IReadOnlyDictionary<string, (long[] Shape, float[] Data)> parameters,
        ModelConfig config,
        string path,
        OnnxOperators operators = OnnxOperators.Fused)
    {
        // 17 is the first operator set with LayerNormalization, 21 the first that quantises by row.
        var graph = new GraphBuilder("bert", operators == OnnxOperators.Quantized ? 21 : 17);
        var weights = new BertParameters(parameters);
        BertOperators bert = operators switch
        {
            OnnxOperators.Fused => new FusedOperators(graph, weights, config),
            OnnxOperators.Plain => new PlainOperators(graph, weights, config),
            OnnxOperators.Quantized => new QuantizedOperators(graph, weights, config),
            _ => throw new ArgumentOutOfRangeException(nameof(operators)),
        };

        var ids = graph.Input("input_ids", Tensor.Int64, "batch", "length");
        var mask = graph.Input("attention_mask", Tensor.Int64, "batch", "length");
        var hidden = Encoder(bert, config, ids, mask); // (batch, length, hidden)

        if (config.Task == TaskKind.TextClassification)
        {
            graph.Output("logits", bert.TextLogits(hidden, "classifier"), Tensor.Float, "batch", config.TextLabelNames.Count);
        }
        else
        {
            graph.Output("logits", bert.TagLogits(hidden), Tensor.Float, "batch", "length", config.TagNames.Count);
        }

        if (config.Task == TaskKind.Joint)
        {
            var textLogits = bert.TextLogits(hidden, "text_classifier");
            graph.Output("text_logits", textLogits, Tensor.Float, "batch", config.TextLabelNames.Count);
        }

        using var file = File.Create(path);
        graph.ToModel().WriteTo(file);
    }

    private static string Encoder(BertOperators bert, ModelConfig config, string ids, string mask)
    {
        var hidden = bert.Embed(ids);
        var keys = bert.Mask(mask);
        for (var i = 0; i < config.NumHiddenLayers; i++)
        {
            var layer = $"bert.encoder.layer.{i}";
            var context = bert.SelfAttention(hidden, keys, $"{layer}.attention.self");
            hidden = bert.AddNorm(context, config.HiddenSize, hidden, $"{layer}.attention.output");
            var inner = bert.Activated(hidden, $"{layer}.intermediate.dense");
            hidden = bert.AddNorm(inner, config.IntermediateSize, hidden, $"{layer}.output");
        }

        return hidden;
    }
}
