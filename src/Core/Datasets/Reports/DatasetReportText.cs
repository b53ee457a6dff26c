using System.Text;
using static Droptune.Core.Datasets.Reports.ReportWords;

namespace Droptune.Core.Datasets.Reports;

/// <summary>A dataset report for a terminal: one finding a line, as compilers print them, then the summary.</summary>
public static class DatasetReportText
{
    public static string Write(DatasetReport report)
    {
        var text = new StringBuilder();
        foreach (var finding in report.Findings.OrderBy(finding => finding.Severity))
        {
            text.Append($"{Place(finding)}: {Word(finding.Severity)} {Word(finding.Code)}: {finding.Message} {finding.Advice}\n");
            text.Append(finding.Excerpt is { } excerpt ? $"    {excerpt}\n" : "");
        }

        foreach (var total in report.Totals.Where(total => total.Count > report.Findings.Count(finding => finding.Code == total.Code)))
        {
            text.Append($"… {Number(total.Count)} {Word(total.Code)} in all, the first are listed.\n");
        }

        foreach (var suggestion in report.Quality.Suggestions)
        {
            text.Append($"suggestion: {suggestion}\n");
        }

        return text.Append($"{report.Dataset} {report.Version}: {Summary(report)}\n{report.Dataset} is {Headline(report)}\n").ToString();
    }
}
