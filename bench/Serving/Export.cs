using Droptune.Core.Models;
using Droptune.TrainingJob.Checkpoints;
using Droptune.TrainingJob.Onnx;
using Droptune.TrainingJob.Torch;

namespace Droptune.Bench.Serving;

/// <summary>Writes our ONNX files beside the parameters of a model folder.</summary>
internal static class Export
{
    public static void Run(string folder)
    {
        NativeSetup.Apply(); // here alone: what is measured runs without libtorch
        var config = ModelConfig.From(ModelNaming.For(folder).Config);
        var parameters = PretrainedModel.Parameters(folder);
        OnnxExport.Write(parameters, config, Path.Combine(folder, ModelFileNames.Onnx));
        OnnxExport.Write(parameters, config, Path.Combine(folder, ModelFileNames.Int8Onnx), OnnxPrecision.EightBit);
    }
}
