using System.CommandLine;
using System.Text.Json.Nodes;
using Droptune.Core.Datasets.Gate;
using Droptune.Core.Reports;
using Droptune.Core.Terminal;
using Droptune.TrainingJob.Training;

namespace Droptune.TrainingJob.Commands;

/// <summary>Trains a model from local files, by the same gate and the same training as the container job.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var dataset = new Argument<string>("dataset") { Description = "A file, a folder, or the address of a file" };
        var output = new Option<string>("--out") { Description = "Folder for the model, new or empty", Required = true };
        var baseModel = new Option<string?>("--base") { Description = $"Folder of the model to start from, a model of the hub (org/name), '{BaseModel.Scratch}', or '{BaseModel.BuiltIn}' (default, where the data are English or Chinese)" };
        var size = new Option<string?>("--size") { Description = "Size from scratch: tiny, mini, small, medium or base" };
        var epochs = new Option<int?>("--epochs") { Description = "Passes over the training data" };
        var learningRate = new Option<double?>("--learning-rate") { Description = "Peak learning rate" };
        var seed = new Option<int?>("--seed") { Description = "The same seed gives the same model" };
        var spec = new Option<FileInfo?>("--spec") { Description = "Job spec as JSON: all other settings; options above go before it" };
        var command = new Command("train", "Check a dataset and train a model on it")
        {
            dataset, output, baseModel, size, epochs, learningRate, seed, spec,
        };
        command.SetAction((parsed, stop) => RunAsync(
            parsed.GetRequiredValue(dataset),
            parsed.GetRequiredValue(output),
            new(parsed.GetValue(baseModel), parsed.GetValue(size), parsed.GetValue(epochs), parsed.GetValue(learningRate), parsed.GetValue(seed)),
            parsed.GetValue(spec),
            stop));
        return command;
    }

    private static async Task<int> RunAsync(string dataset, string output, Settings settings, FileInfo? specFile, CancellationToken stop)
    {
        if (Directory.Exists(output) && Directory.EnumerateFileSystemEntries(output).Any())
        {
            throw new WrongUseException($"'{output}' is not empty: name a new folder.");
        }

        var source = DatasetSource.Open(dataset);
        using var scratch = new ScratchSpace();
        var snapshot = scratch.NewFolder().Path;
        var baseModels = LocalBaseModels.OfEnvironment();
        var report = await DatasetGate.CheckAsync(source.Name, source.Files, snapshot, baseModels.Finder(settings.Start), cancellationToken: stop);
        Console.Write(DatasetReportText.Write(report));
        if (!report.Accepted)
        {
            return ExitCode.DataRejected;
        }

        var spec = settings.Apply(ReadSpec(specFile, report));
        if (JobSpecRules.Problems(spec) is { Count: > 0 } problems)
        {
            throw new WrongUseException(string.Join(Environment.NewLine, problems));
        }

        var found = spec.Base.Name == BaseModel.Scratch ? null : await baseModels.FetchAsync(spec.Base.Name, stop);
        spec = spec with { Base = spec.Base with { Name = found?.Name ?? BaseModel.Scratch } };
        await TrainAsync(new FineTuningInput(spec, snapshot, found?.Folder, output), stop);
        return ExitCode.Done;
    }

    private static async Task TrainAsync(FineTuningInput input, CancellationToken stop)
    {
        var line = LiveLine.OnConsole();
        // Not Progress<T>: its reports come out of order, and after the end.
        var progress = new LineProgress(line);
        FineTuningResult result;
        try
        {
            result = await Task.Run(() => FineTuning.Run(input, progress, stop), stop);
        }
        finally
        {
            line.End();
        }

        Console.WriteLine(
            $"{Path.GetFullPath(input.OutputFolder)}: {(result.DevTrained ? "out-of-fold" : "dev")} main score {result.Main:F4} in epoch {result.BestEpoch} of " +
            $"{result.Epochs} ({result.StoppedBecause}), {RunProgressText.Duration(result.Duration)}");
        if (result.DevTrained)
        {
            Console.WriteLine("  of models without a part of train and dev, asked for it: the examples are few, and this one learned from all of both");
        }

        if (result.BaseWeights is { } weights)
        {
            Console.WriteLine($"  of the base model: {weights.Missing.Count} parameters start at random, {weights.Unexpected.Count} are not used; training.json names them");
        }

        foreach (var (name, value) in result.Metrics.OrderBy(metric => metric.Key, StringComparer.Ordinal))
        {
            Console.WriteLine($"  {name} {value:F4}");
        }
    }

    /// <summary>The file's spec, or the manifest's training settings; model and dataset are always those at hand.</summary>
    private static JobSpec ReadSpec(FileInfo? file, DatasetReport report)
    {
        if (file is null)
        {
            return report.ToJobSpec();
        }

        try
        {
            var json = JsonNode.Parse(File.ReadAllText(file.FullName))?.AsObject() ?? throw new JsonException("It is null: write an object.");
            json["model"] ??= report.Dataset;
            json["dataset"] = JsonSerializer.SerializeToNode(new DatasetReference(report.Dataset, report.Version), DroptuneJson.Compact);
            json["base"] ??= JsonSerializer.SerializeToNode(
                report.StartOf(json["optimisation"].Deserialize<Optimisation>(DroptuneJson.Compact) ?? new()), DroptuneJson.Compact);
            json["task"] ??= JsonSerializer.SerializeToNode(report.Task, DroptuneJson.Compact);
            return json.Deserialize<JobSpec>(DroptuneJson.Compact)!;
        }
        catch (Exception e) when (e is JsonException or IOException or InvalidOperationException)
        {
            throw new WrongUseException($"'{file}' is no job spec: {(e is JsonException json ? $"{JsonReason.Of(json)} {json.Path}".TrimEnd() : e.Message)}");
        }
    }

    private sealed record Settings(string? Base, string? Size, int? Epochs, double? LearningRate, int? Seed)
    {
        /// <summary>What is asked for; only a model from scratch has a choice of its size.</summary>
        public string? Start => Base ?? (Size is null ? null : BaseModel.Scratch);

        public JobSpec Apply(JobSpec spec) => spec with
        {
            Base = new BaseModel
            {
                Name = Start ?? spec.Base.Name,
                Size = Size ?? spec.Base.Size,
            },
            Optimisation = spec.Optimisation with
            {
                Epochs = Epochs ?? spec.Optimisation.Epochs,
                LearningRate = LearningRate ?? spec.Optimisation.LearningRate,
                Seed = Seed ?? spec.Optimisation.Seed,
            },
        };
    }
}
