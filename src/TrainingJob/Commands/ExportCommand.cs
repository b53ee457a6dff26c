using System.CommandLine;
using Droptune.TrainingJob.Checkpoints;
using Droptune.TrainingJob.Onnx;
using TorchSharp;

namespace Droptune.TrainingJob.Commands;

/// <summary>Writes the ONNX files of a model folder anew from its parameters, such as after these were trained elsewhere.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var model = new Argument<DirectoryInfo>("model") { Description = $"Folder with {ModelFileNames.Config} and {ModelFileNames.Weights}" };
        var output = new Option<string?>("--out") { Description = "Folder for the ONNX files; the default is the model's" };
        var command = new Command("export", $"Write {ModelFileNames.Onnx} and {ModelFileNames.Int8Onnx} from a model's parameters") { model, output };
        command.SetAction((parsed, _) => Task.FromResult(Run(parsed.GetRequiredValue(model), parsed.GetValue(output))));
        return command;
    }

    private static int Run(DirectoryInfo model, string? output)
    {
        var weights = Path.Combine(model.FullName, ModelFileNames.Weights);
        if (!File.Exists(weights) || !File.Exists(Path.Combine(model.FullName, ModelFileNames.Config)))
        {
            throw new WrongUseException($"'{model}' is no model folder: it has no {ModelFileNames.Weights} or no {ModelFileNames.Config}.");
        }

        var naming = ModelNaming.For(model.FullName);
        var config = ModelConfig.From(naming.Config);
        var parameters = Parameters(weights, naming);
        var folder = Directory.CreateDirectory(output ?? model.FullName).FullName;
        foreach (var (file, precision) in new[] { (ModelFileNames.Onnx, OnnxPrecision.Full), (ModelFileNames.Int8Onnx, OnnxPrecision.EightBit) })
        {
            var path = Path.Combine(folder, file);
            OnnxExport.Write(parameters, config, path, precision);
            Console.WriteLine($"{path}: {new FileInfo(path).Length / 1e6:F1} MB");
        }

        return ExitCode.Done;
    }

    private static Dictionary<string, (long[] Shape, float[] Data)> Parameters(string weights, ModelNaming naming)
    {
        using var scope = torch.NewDisposeScope();
        return SafeTensors.Read(weights).ToDictionary(
            tensor => naming.ToBert(tensor.Key), tensor => (tensor.Value.shape, tensor.Value.to(torch.ScalarType.Float32).data<float>().ToArray()));
    }
}
