using System.CommandLine;
using System.Text.Json;
using Droptune.Core;
using Droptune.Core.Datasets;

namespace Droptune.TrainingJob.Commands;

/// <summary>Checks a dataset as the drop box would.</summary>
internal static class ValidateCommand
{
    public static Command Create()
    {
        var dataset = new Argument<string>("dataset") { Description = "A file, a folder, or the address of a file" };
        var json = new Option<bool>("--json") { Description = "Print the whole report as JSON" };
        var command = new Command("validate", "Check a dataset and print every finding; exit code 3 when it would be rejected") { dataset, json };
        command.SetAction((parsed, stop) => RunAsync(parsed.GetRequiredValue(dataset), parsed.GetValue(json), stop));
        return command;
    }

    private static async Task<int> RunAsync(string dataset, bool json, CancellationToken stop)
    {
        var source = await DatasetSource.OpenAsync(dataset, stop);
        var report = await DatasetGate.CheckAsync(source.Name, source.Files, cancellationToken: stop);
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(report, DroptuneJson.Readable));
        }
        else
        {
            ReportText.Write(report, Console.Out);
        }

        return report.Accepted ? ExitCode.Done : ExitCode.DataRejected;
    }
}
