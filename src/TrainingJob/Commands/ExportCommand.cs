using System.CommandLine;
using Droptune.TrainingJob.Checkpoints;
using Droptune.TrainingJob.Onnx;

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
        if (new[] { ModelFileNames.Weights, ModelFileNames.Config }.Any(file => !File.Exists(Path.Combine(model.FullName, file))))
        {
            throw new WrongUseException($"'{model}' is no model folder: it has no {ModelFileNames.Weights} or no {ModelFileNames.Config}.");
        }

        var config = ModelConfig.From(ModelNaming.For(model.FullName).Config);
        var parameters = PretrainedModel.Parameters(model.FullName);
        var folder = Directory.CreateDirectory(output ?? model.FullName).FullName;
        foreach (var (file, precision) in new[] { (ModelFileNames.Onnx, OnnxPrecision.Full), (ModelFileNames.Int8Onnx, OnnxPrecision.EightBit) })
        {
            var path = Path.Combine(folder, file);
            OnnxExport.Write(parameters, config, path, precision);
            Console.WriteLine($"{path}: {new FileInfo(path).Length / 1e6:F1} MB");
        }

        return ExitCode.Done;
    }
}
