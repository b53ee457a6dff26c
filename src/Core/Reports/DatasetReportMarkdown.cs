using System.Text;
using Droptune.Core.Datasets;
using static Droptune.Core.DroptuneJson;
using static Droptune.Core.Reports.ReportWords;

namespace Droptune.Core.Reports;

/// <summary>A dataset report as a Markdown page.</summary>
public static class DatasetReportMarkdown
{
    public static string Write(DatasetReport report)
    {
        var page = new StringBuilder();
        page.Append($"# {report.Dataset}: {Headline(report)}\n\nVersion `{report.Version}`, {Summary(report)}.\n");
        Table(page, "Findings", "finding | severity | count | meaning", report.Totals.Select(total =>
            $"{Word(total.Code)} | {Word(total.Severity)} | {Number(total.Count)} | {FindingRule.Of(total.Code).Meaning}"));
        foreach (var group in report.Findings.GroupBy(finding => finding.Code).OrderBy(group => group.First().Severity).ThenBy(group => group.Key))
        {
            page.Append($"\n### {Word(group.Key)}\n\n{group.First().Advice}\n\n");
            foreach (var finding in group)
            {
                page.Append($"- `{Place(finding)}` {Text(finding.Message)}{(finding.Excerpt is { } excerpt ? $" {Code(excerpt)}" : "")}\n");
            }
        }

        page.Append("\n## Label quality\n");
        foreach (var suggestion in report.Quality.Suggestions)
        {
            page.Append($"\n- {Text(suggestion)}");
        }

        page.Append(report.Quality.Suggestions.Count > 0 ? "\n" : "");
        Table(page, "Text labels", "label | train | dev | test", report.Quality.TextLabels.Select(Row));
        Table(page, "Entity labels", "label | train | dev | test", report.Quality.EntityLabels.Select(Row));
        Table(page, "Labels that are easily confused", "first | second | why", report.Quality.Confusable.Select(pair =>
            $"{Text(pair.First)} | {Text(pair.Second)} | {Text(Describe(pair))}"));
        Table(page, "Lengths in characters", "length | texts", LengthBins(report.Quality.Lengths).Select(bin => $"{bin.Name} | {Number(bin.Count)}"));
        page.Append($"\n{LengthNote(report.Quality.Lengths)}\n");
        Table(page, "Files", "file | format | split | bytes | examples", report.Files.Select(file =>
            $"{Text(file.Name)} | {file.Format ?? "not read"} | {SplitOf(file)} | {Number(file.Bytes)} | {Number(file.Examples)}"));
        return page.ToString();
    }

    private static void Table(StringBuilder page, string title, string header, IEnumerable<string> rows)
    {
        var lines = rows.ToList();
        if (lines.Count == 0)
        {
            return;
        }

        page.Append($"\n## {title}\n\n| {header} |\n|{string.Concat(Enumerable.Repeat("---|", header.Count(c => c == '|') + 1))}\n");
        foreach (var line in lines)
        {
            page.Append($"| {line} |\n");
        }
    }

    private static string Row(LabelCount count) => $"{Text(count.Label)} | {Number(count.Train)} | {Number(count.Dev)} | {Number(count.Test)}";

    /// <summary>Text of a dataset may be anything: nothing of it is markup.</summary>
    private static string Text(string text)
    {
        var escaped = new StringBuilder();
        foreach (var c in text)
        {
            escaped.Append(c is '|' or '`' or '*' or '_' or '<' or '>' or '[' or ']' or '\\' or '#' ? $"\\{c}" : c is '\n' or '\r' ? " " : c.ToString());
        }

        return escaped.ToString();
    }

    /// <summary>A code span, fenced by more backticks than it holds.</summary>
    private static string Code(string text)
    {
        var fence = "`";
        while (text.Contains(fence, StringComparison.Ordinal))
        {
            fence += "`";
        }

        return fence == "`" ? $"`{text}`" : $"{fence} {text} {fence}";
    }
}
