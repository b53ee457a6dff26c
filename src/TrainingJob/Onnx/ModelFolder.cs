using Droptune.Core.Text.Pieces;
using Droptune.TrainingJob.Checkpoints;
using Droptune.TrainingJob.Model;
using static TorchSharp.torch;

namespace Droptune.TrainingJob.Onnx;

/// <summary>A trained model on disk: weights, configuration and tokenizer in Hugging Face's layout, and its ONNX files.</summary>
/// <param name="path">Of the folder.</param>
/// <param name="parameters">The model's, by name.</param>
public sealed class ModelFolder(string path, IReadOnlyDictionary<string, (long[] Shape, float[] Data)> parameters)
{
    public string Path => path;

    /// <summary>The 32-bit ONNX file.</summary>
    public string OnnxPath => System.IO.Path.Combine(path, ModelFileNames.Onnx);

    /// <summary>Writes everything but the int8 file; the folder is made if it is missing.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="model">What.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="thresholds">From which probability on each text label holds; null where a text has one.</param>
    public static ModelFolder Write(string folder, BertModel model, Tokenizer tokenizer, IReadOnlyList<float>? thresholds)
    {
        Directory.CreateDirectory(folder);
        PretrainedModel.Save(folder, model.Weights, thresholds is null ? model.Config : model.Config.WithThresholds(thresholds));
        tokenizer.Save(folder);
        using var scope = NewDisposeScope();
        var made = new ModelFolder(folder, model.Weights.Named().ToDictionary(p => p.Name, p => (p.View.shape, p.View.cpu().contiguous().data<float>().ToArray())));
        made.WriteOnnx(model.Config);
        return made;
    }

    /// <summary>Writes the int8 file beside the 32-bit one.</summary>
    public void WriteInt8() =>
        OnnxExport.Write(parameters, ModelConfig.Load(path), System.IO.Path.Combine(path, ModelFileNames.Int8Onnx), OnnxPrecision.EightBit);

    private void WriteOnnx(ModelConfig config) => OnnxExport.Write(parameters, config, OnnxPath);
}
