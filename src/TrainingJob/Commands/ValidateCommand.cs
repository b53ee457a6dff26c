using System.CommandLine;
using Droptune.Core.Datasets.Gate;
using Droptune.Core.Reports;

namespace Droptune.TrainingJob.Commands;

/// <summary>Checks a dataset as the drop box would.</summary>
internal static class ValidateCommand
{
    public static Command Create()
    {
        var dataset = new Argument<string>("dataset") { Description = "A file, a folder, or the address of a file" };
        var baseModel = new Option<string?>("--base") { Description = $"Folder of the base model, a model of the hub (org/name), or '{BaseModel.Scratch}': lengths are counted in its pieces (default: '{BaseModel.BuiltIn}')" };
        var json = new Option<bool>("--json") { Description = "Print the whole report as JSON" };
        var output = new Option<string?>("--out") { Description = "Folder for validation.json, .md and .html" };
        var command = new Command("validate", "Check a dataset and print every finding; exit code 3 when it would be rejected") { dataset, baseModel, json, output };
        command.SetAction((parsed, stop) => RunAsync(
            parsed.GetRequiredValue(dataset), parsed.GetValue(baseModel), parsed.GetValue(json), parsed.GetValue(output), stop));
        return command;
    }

    private static async Task<int> RunAsync(string dataset, string? baseModel, bool json, string? output, CancellationToken stop)
    {
        var source = DatasetSource.Open(dataset);
        var report = await DatasetGate.CheckAsync(source.Name, source.Files, baseModels: LocalBaseModels.OfEnvironment().Finder(baseModel), cancellationToken: stop);
        Console.Write(json ? JsonSerializer.Serialize(report, DroptuneJson.Readable) + "\n" : DatasetReportText.Write(report));
        if (baseModel is null && report.Manifest.BaseModel is { } named and not BaseModel.Scratch && !LocalBaseModels.IsKnown(named))
        {
            Console.Error.WriteLine(
                $"Base model '{named}' was not looked at: with --base FOLDER lengths are counted in its pieces, not in words.");
        }

        await SaveAsync(report, output, stop);
        return report.Accepted ? ExitCode.Done : ExitCode.DataRejected;
    }

    private static async Task SaveAsync(DatasetReport report, string? output, CancellationToken stop)
    {
        if (output is null)
        {
            return;
        }

        Directory.CreateDirectory(output);
        await File.WriteAllTextAsync(Path.Combine(output, "validation.json"), JsonSerializer.Serialize(report, DroptuneJson.Readable), stop);
        await File.WriteAllTextAsync(Path.Combine(output, "validation.md"), DatasetReportMarkdown.Write(report), stop);
        await File.WriteAllTextAsync(Path.Combine(output, "validation.html"), DatasetReportHtml.Write(report), stop);
    }
}
