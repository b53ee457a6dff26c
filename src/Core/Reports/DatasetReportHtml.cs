using Droptune.Core.Datasets;
using Droptune.Core.Metrics;
using Droptune.Core.Reports.Markup;
using static Droptune.Core.DroptuneJson;
using static Droptune.Core.Reports.Markup.Html;
using static Droptune.Core.Reports.ReportWords;

namespace Droptune.Core.Reports;

/// <summary>A dataset report as one HTML file.</summary>
public static class DatasetReportHtml
{
    private const int ChartRows = 60; // of a label chart; the table below it has all of them

    public static string Write(DatasetReport report)
    {
        var page = new StringBuilder();
        page.Append($"<h1>{Safe(report.Dataset)} is <span class=\"{(report.Accepted ? "accepted" : "rejected")}\">{Safe(Headline(report))}</span></h1>\n");
        page.Append($"<p>Version <code>{Safe(report.Version)}</code>: {Safe(Summary(report))}.</p>\n");
        Suggestions(page, report.Quality.Suggestions);
        Findings(page, report);
        Labels(page, "Text labels", report.Quality.TextLabels);
        if (report.Quality.Cardinality is { } cardinality)
        {
            page.Append($"<p>{CardinalityNote(cardinality)}</p>\n");
            Section(page, "Labels that stand together", ["first", "second", "train"], cardinality.Pairs.Select(pair =>
                new[] { Safe(pair.First), Safe(pair.Second), Figures.Count(pair.Train) }));
        }

        Labels(page, "Entity labels", report.Quality.EntityLabels);
        Section(page, "Labels that are easily confused", ["first", "second", "why"], report.Quality.Confusable.Select(pair =>
            new[] { Safe(pair.First), Safe(pair.Second), Safe(Describe(pair)) }));
        page.Append("<h2>Lengths in characters</h2>\n");
        Figure(page, Svg.Bars([.. LengthBins(report.Quality.Lengths).Select(bin => (bin.Name, new[] { bin.Count }))], "Texts by length"), $"{LengthNote(report.Quality.Lengths)} {BaseNote(report)}{UnitNote(report)}");
        Section(page, "Files", ["file", "format", "split", "bytes", "examples"], report.Files.Select(file => new[]
        {
            Safe(file.Name), Safe(file.Format ?? "not read"), SplitOf(file), Figures.Count(file.Bytes), Figures.Count(file.Examples),
        }));
        return Page($"{report.Dataset}: dataset report", page);
    }

    private static void Suggestions(StringBuilder page, IReadOnlyList<string> suggestions)
    {
        if (suggestions.Count > 0)
        {
            page.Append($"<h2>Suggestions</h2>\n<ul>\n{string.Concat(suggestions.Select(suggestion => $"<li>{Safe(suggestion)}</li>\n"))}</ul>\n");
        }
    }

    private static void Findings(StringBuilder page, DatasetReport report)
    {
        Section(page, "Findings", ["finding", "severity", "count", "meaning"], report.Totals.Select(total => new[]
        {
            $"<a href=\"#{Word(total.Code)}\">{Word(total.Code)}</a>", $"<span class=\"{Word(total.Severity)}\">{Word(total.Severity)}</span>",
            Figures.Count(total.Count), Safe(FindingRule.Of(total.Code).Meaning),
        }));
        foreach (var total in report.Totals)
        {
            var findings = report.Findings.Where(finding => finding.Code == total.Code).ToList();
            page.Append($"<h3 id=\"{Word(total.Code)}\" class=\"{Word(total.Severity)}\">{Word(total.Code)}</h3>\n<p>{Safe(FindingRule.Of(total.Code).Advice)}");
            page.Append(total.Count > findings.Count ? $" The first {findings.Count} of {Figures.Count(total.Count)}:</p>\n" : "</p>\n");
            Table(page, ["place", "what was found"], findings.Select(finding => new[]
            {
                $"<code class=\"place\">{Safe(Place(finding)).Replace(":", ":<wbr/>", StringComparison.Ordinal)}</code>", Safe(finding.Message) + (finding.Excerpt is { } excerpt ? $"<br/><code>{Safe(excerpt)}</code>" : ""),
            }));
        }
    }

    private static void Labels(StringBuilder page, string title, IReadOnlyList<LabelCount> labels)
    {
        if (labels.Count == 0)
        {
            return;
        }

        page.Append($"<h2>{title}</h2>\n<p class=\"key\">{labels.Count} labels:<span class=\"part0\"></span>train<span class=\"part1\"></span>dev<span class=\"part2\"></span>test</p>\n");
        page.Append(Svg.Bars([.. labels.Take(ChartRows).Select(count => (count.Label, new[] { count.Train, count.Dev, count.Test }))], title));
        if (labels.Count > ChartRows)
        {
            page.Append($"<details><summary>All {labels.Count}</summary>\n");
            Table(page, ["label", "train", "dev", "test"], labels.Select(count =>
                new[] { Safe(count.Label), Figures.Count(count.Train), Figures.Count(count.Dev), Figures.Count(count.Test) }));
            page.Append("</details>\n");
        }
    }

    /// <summary>Nothing when there are no rows.</summary>
    private static void Section(StringBuilder page, string title, string[] head, IEnumerable<string[]> rows)
    {
        var lines = rows.ToList();
        if (lines.Count > 0)
        {
            page.Append($"<h2>{title}</h2>\n");
            Table(page, head, lines);
        }
    }
}
