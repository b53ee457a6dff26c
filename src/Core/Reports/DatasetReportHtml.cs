using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Droptune.Core.Datasets;
using static Droptune.Core.DroptuneJson;
using static Droptune.Core.Reports.ReportWords;

namespace Droptune.Core.Reports;

/// <summary>A dataset report as one HTML file: no script, nothing loaded from elsewhere, charts drawn in place.</summary>
public static class DatasetReportHtml
{
    private const int ChartRows = 60; // of a label chart; the table below it has all of them

    private const string Style = """
        :root { color-scheme: light dark; --ink: #1c2733; --soft: #5b6875; --line: #d9dfe5; --paper: #fff; --bad: #b3261e; --warn: #8a5a00; --good: #1b6e3c; --a: #2f6fb0; --b: #e0a030; --c: #7a58b0; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e4e9ee; --soft: #9aa7b4; --line: #38424d; --paper: #161b21; --bad: #ff8a80; --warn: #ffc865; --good: #7ed7a0; --a: #6aa9e8; --b: #f0c060; --c: #b49be0; } }
        body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
        h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; } h3 { font-size: 1rem; margin-bottom: 0; }
        .error { color: var(--bad); } .warning { color: var(--warn); } .accepted { color: var(--good); } .rejected { color: var(--bad); }
        p.note, td.note { color: var(--soft); }
        .scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
        th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
        code { font: 13px/1.4 ui-monospace, monospace; overflow-wrap: anywhere; } code.place { overflow-wrap: break-word; }
        td:first-child:has(.place) { width: 25%; }
        svg { width: 100%; max-width: 47rem; height: auto; } svg text { font-size: 12px; fill: var(--ink); }
        .part0 { fill: var(--a); } .part1 { fill: var(--b); } .part2 { fill: var(--c); }
        .key span { display: inline-block; width: .8em; height: .8em; margin: 0 .3em 0 1em; }
        """;

    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    public static string Write(DatasetReport report)
    {
        var page = new StringBuilder();
        page.Append($"<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        page.Append($"<title>{Safe(report.Dataset)}: dataset report</title>\n<style>\n{Style}\n</style>\n</head>\n<body>\n");
        page.Append($"<h1>{Safe(report.Dataset)} is <span class=\"{(report.Accepted ? "accepted" : "rejected")}\">{Safe(Headline(report))}</span></h1>\n");
        page.Append($"<p>Version <code>{Safe(report.Version)}</code>: {Safe(Summary(report))}.</p>\n");
        Suggestions(page, report.Quality.Suggestions);
        Findings(page, report);
        Labels(page, "Text labels", report.Quality.TextLabels);
        Labels(page, "Entity labels", report.Quality.EntityLabels);
        Table(page, "Labels that are easily confused", ["first", "second", "why"], report.Quality.Confusable.Select(pair =>
            new[] { Safe(pair.First), Safe(pair.Second), Safe(Describe(pair)) }));
        page.Append("<h2>Lengths in characters</h2>\n")
            .Append(SvgBars.Draw([.. LengthBins(report.Quality.Lengths).Select(bin => (bin.Name, new[] { bin.Count }))], "Texts by length", Safe))
            .Append($"<p class=\"note\">{Safe(LengthNote(report.Quality.Lengths))}</p>\n");
        Table(page, "Files", ["file", "format", "split", "bytes", "examples"], report.Files.Select(file => new[]
        {
            Safe(file.Name), Safe(file.Format ?? "not read"), SplitOf(file), Number(file.Bytes), Number(file.Examples),
        }));
        return page.Append("</body>\n</html>\n").ToString();
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
        Table(page, "Findings", ["finding", "severity", "count", "meaning"], report.Totals.Select(total => new[]
        {
            $"<a href=\"#{Word(total.Code)}\">{Word(total.Code)}</a>", $"<span class=\"{Word(total.Severity)}\">{Word(total.Severity)}</span>",
            Number(total.Count), Safe(FindingRule.Of(total.Code).Meaning),
        }));
        foreach (var total in report.Totals)
        {
            var findings = report.Findings.Where(finding => finding.Code == total.Code).ToList();
            page.Append($"<h3 id=\"{Word(total.Code)}\" class=\"{Word(total.Severity)}\">{Word(total.Code)}</h3>\n<p>{Safe(FindingRule.Of(total.Code).Advice)}");
            page.Append(total.Count > findings.Count ? $" The first {findings.Count} of {Number(total.Count)}:</p>\n" : "</p>\n");
            Table(page, null, ["place", "what was found"], findings.Select(finding => new[]
            {
                $"<code class=\"place\">{Safe(Place(finding)).Replace(":", ":<wbr/>", StringComparison.Ordinal)}</code>", Safe(finding.Message) + (finding.Excerpt is { } excerpt ? $"<br><code>{Safe(excerpt)}</code>" : ""),
            }));
        }
    }

    private static void Labels(StringBuilder page, string title, IReadOnlyList<LabelCount> labels)
    {
        if (labels.Count == 0)
        {
            return;
        }

        page.Append($"<h2>{title}</h2>\n<p class=\"key note\">{labels.Count} labels:<span class=\"part0\" style=\"background: var(--a)\"></span>train"
            + "<span style=\"background: var(--b)\"></span>dev<span style=\"background: var(--c)\"></span>test</p>\n");
        page.Append(SvgBars.Draw([.. labels.Take(ChartRows).Select(count => (count.Label, new[] { count.Train, count.Dev, count.Test }))], title, Safe));
        if (labels.Count > ChartRows)
        {
            page.Append($"<details><summary>All {labels.Count}</summary>\n");
            Table(page, null, ["label", "train", "dev", "test"], labels.Select(count =>
                new[] { Safe(count.Label), Number(count.Train), Number(count.Dev), Number(count.Test) }));
            page.Append("</details>\n");
        }
    }

    /// <summary>A table of cells that are HTML already; nothing when there are no rows.</summary>
    private static void Table(StringBuilder page, string? title, string[] header, IEnumerable<string[]> rows)
    {
        var lines = rows.ToList();
        if (lines.Count == 0)
        {
            return;
        }

        page.Append(title is null ? "" : $"<h2>{title}</h2>\n");
        page.Append($"<div class=\"scroll\"><table>\n<tr>{string.Concat(header.Select(cell => $"<th>{cell}</th>"))}</tr>\n");
        foreach (var line in lines)
        {
            page.Append($"<tr>{string.Concat(line.Select(cell => $"<td>{cell}</td>"))}</tr>\n");
        }

        page.Append("</table></div>\n");
    }

    private static string Safe(string text) => Encoder.Encode(text);
}
