using Droptune.Core.Text.Pieces;
using Droptune.TrainingJob.Checkpoints;
using Droptune.TrainingJob.Model;
using static TorchSharp.torch;

namespace Droptune.TrainingJob.Onnx;

/// <summary>A trained model on disk: weights, configuration and tokenizer in Hugging Face's layout, and its ONNX files.</summary>
public sealed class ModelFolder
{
    private readonly string _folder;

    private ModelFolder(string folder, Dictionary<string, (long[] Shape, float[] Data)> parameters) => (_folder, Parameters) = (folder, parameters);

    /// <summary>The model's parameters by name.</summary>
    public IReadOnlyDictionary<string, (long[] Shape, float[] Data)> Parameters { get; }

    /// <summary>The 32-bit ONNX file.</summary>
    public string OnnxPath => Path.Combine(_folder, ModelFileNames.Onnx);

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
        OnnxExport.Write(made.Parameters, model.Config, made.OnnxPath);
        return made;
    }

    /// <summary>Writes the int8 file beside the 32-bit one.</summary>
    public void WriteInt8() => OnnxExport.Write(Parameters, ModelConfig.Load(_folder), Path.Combine(_folder, ModelFileNames.Int8Onnx), OnnxPrecision.EightBit);
}
