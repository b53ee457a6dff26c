using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Droptune.Core.Datasets.Reports;

/// <summary>A dataset report as a page for people.</summary>
public static class DatasetReportMarkdown
{
    public static string Write(DatasetReport report)
    {
        var page = new StringBuilder();
        var culture = CultureInfo.InvariantCulture;
        page.Append(culture, $"# {report.Dataset}: {(report.Accepted ? "accepted" : "rejected")}\n\n");
        page.Append(culture, $"Version `{report.Version}`, task {(report.Task is { } task ? Word(task) : "unknown")}, ");
        page.Append(culture, $"{report.Counts.Train} train, {report.Counts.Dev} dev, {report.Counts.Test} test examples.\n");
        if (report.Totals.Count > 0)
        {
            page.Append("\n| finding | severity | count |\n|---|---|---:|\n");
            foreach (var total in report.Totals)
            {
                page.Append(culture, $"| {Word(total.Code)} | {Word(total.Severity)} | {total.Count} |\n");
            }
        }

        foreach (var finding in report.Findings)
        {
            var place = string.Join(':', new[] { finding.File, $"{finding.Line}", $"{finding.Column}" }.Where(part => !string.IsNullOrEmpty(part)));
            page.Append(culture, $"\n- **{Word(finding.Code)}** {place} {finding.Message} {finding.Advice}\n");
        }

        return page.ToString();
    }

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());
}
