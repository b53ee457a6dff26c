using Droptune.Core.Datasets;

namespace Droptune.TrainingJob.Commands;

/// <summary>A dataset report as lines for a terminal.</summary>
internal static class ReportText
{
    private const int ShownFindings = 20;

    public static void Write(DatasetReport report, TextWriter output)
    {
        output.WriteLine(
            $"{report.Dataset} {report.Version}: {(report.Accepted ? "accepted" : "rejected")}, " +
            $"{report.Counts.Train} train, {report.Counts.Dev} dev, {report.Counts.Test} test examples");
        foreach (var finding in report.Findings.Take(ShownFindings))
        {
            output.WriteLine($"  {Place(finding)}{finding.Severity.ToString().ToLowerInvariant()} {finding.Code}: {finding.Message} {finding.Advice}");
            if (finding.Excerpt is not null)
            {
                output.WriteLine($"    {finding.Excerpt}");
            }
        }

        if (report.Totals.Sum(total => total.Count) is var all && all > ShownFindings)
        {
            output.WriteLine($"  {all} findings in all: {string.Join(", ", report.Totals.Select(total => $"{total.Code} {total.Count}"))}");
        }
    }

    private static string Place(Finding finding) => finding switch
    {
        { File: null } => "",
        { Line: null } => $"{finding.File}: ",
        { Column: null } => $"{finding.File}:{finding.Line}: ",
        _ => $"{finding.File}:{finding.Line}:{finding.Column}: ",
    };
}
