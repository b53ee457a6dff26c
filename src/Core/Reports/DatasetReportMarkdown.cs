using Droptune.Core.Datasets;
using Droptune.Core.Metrics;
using static Droptune.Core.DroptuneJson;
using static Droptune.Core.Reports.Markup.Markdown;
using static Droptune.Core.Reports.ReportWords;

namespace Droptune.Core.Reports;

/// <summary>A dataset report as a Markdown page.</summary>
public static class DatasetReportMarkdown
{
    public static string Write(DatasetReport report)
    {
        var page = new StringBuilder();
        page.Append($"# {Safe(report.Dataset)}: {Headline(report)}\n\nVersion {Code(report.Version)}, {Summary(report)}.\n");
        Table(page, "Findings", ["finding", "severity", "count", "meaning"], report.Totals.Select(total => new[]
        {
            Word(total.Code), Word(total.Severity), Figures.Count(total.Count), FindingRule.Of(total.Code).Meaning,
        }));
        foreach (var group in report.Findings.GroupBy(finding => finding.Code).OrderBy(group => group.First().Severity).ThenBy(group => group.Key))
        {
            page.Append($"\n### {Word(group.Key)}\n\n{group.First().Advice}\n\n");
            foreach (var finding in group)
            {
                page.Append($"- {Code(Place(finding))} {Safe(finding.Message)}{(finding.Excerpt is { } excerpt ? $" {Code(excerpt)}" : "")}\n");
            }
        }

        page.Append("\n## Label quality\n");
        foreach (var suggestion in report.Quality.Suggestions)
        {
            page.Append($"\n- {Safe(suggestion)}");
        }

        page.Append(report.Quality.Suggestions.Count > 0 ? "\n" : "");
        Table(page, "Text labels", ["label", "train", "dev", "test"], report.Quality.TextLabels.Select(Cells));
        if (report.Quality.Cardinality is { } cardinality)
        {
            page.Append($"\n{CardinalityNote(cardinality)}\n");
            Table(page, "Labels that stand together", ["first", "second", "train"], cardinality.Pairs.Select(pair =>
                new[] { Safe(pair.First), Safe(pair.Second), Figures.Count(pair.Train) }));
        }

        Table(page, "Entity labels", ["label", "train", "dev", "test"], report.Quality.EntityLabels.Select(Cells));
        Table(page, "Labels that are easily confused", ["first", "second", "why"], report.Quality.Confusable.Select(pair =>
            new[] { Safe(pair.First), Safe(pair.Second), Safe(Describe(pair)) }));
        Table(page, "Lengths in characters", ["length", "texts"], LengthBins(report.Quality.Lengths).Select(bin => new[] { bin.Name, Figures.Count(bin.Count) }));
        page.Append($"\n{LengthNote(report.Quality.Lengths)} {BaseNote(report)}{UnitNote(report)}\n");
        Table(page, "Files", ["file", "format", "split", "bytes", "examples"], report.Files.Select(file => new[]
        {
            Safe(file.Name), Safe(file.Format ?? "not read"), SplitOf(file), Figures.Count(file.Bytes), Figures.Count(file.Examples),
        }));
        return page.ToString();
    }

    /// <summary>Nothing when there are no rows.</summary>
    private static void Table(StringBuilder page, string title, string[] head, IEnumerable<string[]> rows)
    {
        var lines = string.Concat(rows.Select(Row));
        page.Append(lines.Length == 0 ? "" : $"\n## {title}\n\n{Row(head)}|{string.Concat(head.Select(_ => "---|"))}\n{lines}");
    }

    private static string[] Cells(LabelCount count) => [Safe(count.Label), Figures.Count(count.Train), Figures.Count(count.Dev), Figures.Count(count.Test)];
}
