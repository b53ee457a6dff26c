using System.CommandLine;
using Droptune.Core.Inference;
using Droptune.TrainingJob.Checkpoints;
using Droptune.TrainingJob.Onnx;
using TorchSharp;

namespace Droptune.TrainingJob.Commands;

/// <summary>Writes the ONNX files of a model folder anew from its parameters, such as after these were trained elsewhere.</summary>
internal static class ExportCommand
{
    private const string Weights = "model.safetensors";

    public static Command Create()
    {
        var model = new Argument<DirectoryInfo>("model") { Description = $"Folder with {ModelConfig.FileName} and {Weights}" };
        var output = new Option<string?>("--out") { Description = "Folder for the ONNX files; the default is the model's" };
        var command = new Command("export", $"Write {ServedModel.OnnxFile} and {ServedModel.Int8File} from a model's parameters") { model, output };
        command.SetAction((parsed, _) => Task.FromResult(Run(parsed.GetRequiredValue(model), parsed.GetValue(output))));
        return command;
    }

    private static int Run(DirectoryInfo model, string? output)
    {
        var weights = Path.Combine(model.FullName, Weights);
        if (!File.Exists(weights) || !File.Exists(Path.Combine(model.FullName, ModelConfig.FileName)))
        {
            throw new WrongUseException($"'{model}' is no model folder: it has no {Weights} or no {ModelConfig.FileName}.");
        }

        var config = ModelConfig.Load(model.FullName);
        var parameters = Parameters(weights);
        var folder = Directory.CreateDirectory(output ?? model.FullName).FullName;
        foreach (var (file, precision) in new[] { (ServedModel.OnnxFile, OnnxPrecision.Full), (ServedModel.Int8File, OnnxPrecision.EightBit) })
        {
            var path = Path.Combine(folder, file);
            OnnxExport.Write(parameters, config, path, precision);
            Console.WriteLine($"{path}: {new FileInfo(path).Length / 1e6:F1} MB");
        }

        return ExitCode.Done;
    }

    private static Dictionary<string, (long[] Shape, float[] Data)> Parameters(string weights)
    {
        using var scope = torch.NewDisposeScope();
        return SafeTensors.Read(weights).ToDictionary(
            tensor => tensor.Key, tensor => (tensor.Value.shape, tensor.Value.to(torch.ScalarType.Float32).data<float>().ToArray()));
    }
}
