using Droptune.Core.Datasets;
using Droptune.Core.Metrics;
using static Droptune.Core.DroptuneJson;
using static Droptune.Core.Reports.ReportWords;

namespace Droptune.Core.Reports;

/// <summary>A dataset report for a terminal: one finding a line, as compilers print them, the verdict last.</summary>
public static class DatasetReportText
{
    private const int ShownOfACode = 10;

    public static string Write(DatasetReport report)
    {
        var text = new StringBuilder();
        foreach (var total in report.Totals)
        {
            var shown = report.Findings.Where(finding => finding.Code == total.Code).Take(ShownOfACode).ToList();
            foreach (var finding in shown)
            {
                text.Append($"{Place(finding)}: {Word(finding.Severity)} {Word(finding.Code)}: {finding.Message} {finding.Advice}\n");
                text.Append(finding.Excerpt is { } excerpt ? $"    {excerpt}\n" : "");
            }

            text.Append(total.Count > shown.Count ? $"… and {Figures.Count(total.Count - shown.Count)} more {Word(total.Code)}\n" : "");
        }

        foreach (var suggestion in report.Quality.Suggestions)
        {
            text.Append($"suggestion: {suggestion}\n");
        }

        return text.Append($"{report.Dataset} {report.Version}: {Summary(report)}\n{report.Dataset} is {Headline(report)}\n").ToString();
    }
}
