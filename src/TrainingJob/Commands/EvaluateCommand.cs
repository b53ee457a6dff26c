using System.CommandLine;
using Droptune.Core.Datasets.Gate;
using Droptune.Core.Datasets.Snapshots;
using Droptune.Core.Evaluation;
using Droptune.Core.Inference;
using Droptune.Core.Reports;
using Droptune.Core.Terminal;

namespace Droptune.TrainingJob.Commands;

/// <summary>Runs a model folder over a labelled dataset, with the code that serves it.</summary>
internal static class EvaluateCommand
{
    // Not "evaluation": a model's folder has a file of that name, with what its training found.
    private const string Report = "evaluation-report";

    public static Command Create()
    {
        var model = new Argument<DirectoryInfo>("model") { Description = "Folder of a trained model" };
        var dataset = new Argument<string>("dataset") { Description = "A file, a folder, or the address of a file" };
        var split = new Option<Split[]>("--split")
        {
            Description = "Split to evaluate; may be given twice",
            DefaultValueFactory = _ => [Split.Dev, Split.Test],
        };
        var file = new Option<string?>("--file") { Description = $"{ModelFileNames.Onnx} or {ModelFileNames.Int8Onnx}; the default is the one that is served" };
        var output = new Option<string?>("--out") { Description = $"Folder for {Report}.json, .md and .html" };
        var command = new Command("evaluate", "Evaluate a model on the dev and test splits of a dataset") { model, dataset, split, file, output };
        command.SetAction((parsed, stop) => RunAsync(
            parsed.GetRequiredValue(model), parsed.GetRequiredValue(dataset), parsed.GetRequiredValue(split), parsed.GetValue(file),
            parsed.GetValue(output), stop));
        return command;
    }

    private static async Task<int> RunAsync(
        DirectoryInfo folder, string dataset, Split[] splits, string? file, string? output, CancellationToken stop)
    {
        if (!File.Exists(Path.Combine(folder.FullName, ModelFileNames.Config)))
        {
            throw new WrongUseException($"'{folder}' is no model folder: it has no {ModelFileNames.Config}.");
        }

        var source = DatasetSource.Open(dataset);
        using var scratch = new ScratchSpace();
        var snapshot = scratch.NewFolder().Path;
        var data = await DatasetGate.CheckAsync(source.Name, source.Files, snapshot, cancellationToken: stop);
        if (!data.Accepted)
        {
            Console.Write(DatasetReportText.Write(data));
            return ExitCode.DataRejected;
        }

        using var model = ServedModel.Load(folder.FullName, file: file);
        var report = new EvaluationReport
        {
            Model = data.Manifest.Model ?? folder.Name,
            Version = folder.Name,
            Artefact = file ?? model.Config.ServedFile,
            Task = model.Config.Task,
            Thresholds = model.Config.ThresholdsByName(),
            DevTrained = model.IsDevTrained,
            Dataset = data.Dataset,
            DatasetVersion = data.Version,
            At = TimeProvider.System.GetUtcNow(),
            Splits = await EvaluateAsync(model, snapshot, splits, stop),
        };
        Print(report);
        await SaveAsync(report, output, stop);
        return ExitCode.Done;
    }

    private static async Task<Dictionary<Split, SplitEvaluation>> EvaluateAsync(ServedModel model, string snapshot, Split[] splits, CancellationToken stop)
    {
        var line = LiveLine.OnConsole();
        var evaluator = new Evaluator(model.PredictUnseenAsync, model.Config.Task, TimeProvider.System, model.Config.IsRunningText);
        var evaluations = new Dictionary<Split, SplitEvaluation>();
        foreach (var split in splits.Distinct())
        {
            line.Update($"evaluating {split.Name()}");
            var examples = Evaluator.PartsOf(split, model.IsDevTrained).SelectMany(part => SnapshotReader.Read(Path.Combine(snapshot, SnapshotFile.Of(part))));
            evaluations[split] = await evaluator.EvaluateAsync(examples, stop);
        }

        line.End();
        return evaluations;
    }

    private static void Print(EvaluationReport report)
    {
        Console.WriteLine($"{report.Model} ({report.Artefact}) on {report.Dataset} {report.DatasetVersion}");
        foreach (var (split, evaluation) in report.Splits)
        {
            var scores = evaluation.Metrics().Select(metric => $"{metric.Key} {metric.Value:F4}");
            Console.WriteLine($"  {split.Name(),-5} {evaluation.Examples,6} examples: {string.Join(", ", scores)}");
        }
    }

    private static async Task SaveAsync(EvaluationReport report, string? output, CancellationToken stop)
    {
        if (output is null)
        {
            return;
        }

        Directory.CreateDirectory(output);
        await ReportFiles.Of(report).SaveAsync(Path.Combine(output, Report), stop);
        Console.WriteLine($"  reports in {Path.GetFullPath(output)}");
    }
}
