using Google.Protobuf;

namespace Droptune.TrainingJob.Onnx;

/// <summary>The numbers that a model file computes with.</summary>
public enum OnnxPrecision
{
    /// <summary>32-bit floats, in operators of the ONNX standard alone: any runtime reads it.</summary>
    Full,

    /// <summary>The products of the layers in 8 bits, with operators of ONNX Runtime.</summary>
    EightBit,
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
    /// <param name="precision">What it computes with.</param>
    public static void Write(
        IReadOnlyDictionary<string, (long[] Shape, float[] Data)> parameters,
        ModelConfig config,
        string path,
        OnnxPrecision precision = OnnxPrecision.Full)
    {
        var graph = new GraphBuilder("bert");
        var weights = new BertParameters(parameters);
        var bert = precision == OnnxPrecision.Full
            ? new BertGraph(graph, weights, config)
            : new QuantizedBertGraph(graph, weights, config);

        var hidden = bert.Encoder();
        if (config.Task.HasEntities())
        {
            bert.TagLogits("logits", hidden);
        }
        else
        {
            bert.TextLogits("logits", hidden, "classifier");
        }

        if (config.Task == TaskKind.Joint)
        {
            bert.TextLogits("text_logits", hidden, "text_classifier");
        }

        using var file = File.Create(path);
        graph.ToModel().WriteTo(file);
    }
}
