using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Droptune.Core.Reports.Markup;

/// <summary>What the pages of all reports share: one file each, no script, nothing loaded from elsewhere.</summary>
internal static class Html
{
    private const string Style = """
        :root { color-scheme: light dark; --accent: light-dark(#0f6cbd, #6cb8ff); --dev: light-dark(#e0a030, #f0c060); --test: light-dark(#7a58b0, #b49be0); --soft: light-dark(#5b6875, #9aa7b4); --line: light-dark(#d4d4d8, #44474d); --bad: light-dark(#b3261e, #ff8a80); --warn: light-dark(#8a5a00, #ffc865); --good: light-dark(#1b6e3c, #7ed7a0); --mark: light-dark(#fff1c2, #574500); }
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 0 auto; padding: 1rem; }
        h1 small, h2 small { font-weight: normal; font-size: .6em; opacity: .75; }
        .error, .rejected { color: var(--bad); } .warning { color: var(--warn); } .accepted { color: var(--good); }
        .note { border-left: 4px solid var(--accent); padding: .4rem .8rem; }
        .note.bad { border-color: var(--bad); }
        .figures { display: flex; flex-wrap: wrap; gap: .5rem; }
        .figures div { border: 1px solid var(--line); border-radius: 8px; padding: .4rem .9rem; }
        .figures dt { font-size: .8rem; opacity: .75; }
        .figures dd { margin: 0; font-size: 1.3rem; font-variant-numeric: tabular-nums; }
        .table { overflow-x: auto; }
        h3 + .table, details .table { max-height: 32rem; }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
        th, td { padding: .25rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; overflow-wrap: break-word; }
        .errors td, .errors tbody th { min-width: 12rem; }
        .errors td:last-child { min-width: 0; }
        tbody th { font-weight: normal; } tbody th:has(.place) { width: 25%; }
        td em { color: var(--bad); font-style: normal; font-weight: bold; }
        code { font: 13px/1.4 ui-monospace, monospace; overflow-wrap: anywhere; } code.place { overflow-wrap: break-word; }
        details { margin: 1rem 0; }
        summary { cursor: pointer; font-weight: 600; }
        mark { background: var(--mark); color: inherit; border-radius: 4px; padding: 0 .2em; }
        mark small { opacity: .75; }
        .label { border: 1px solid var(--line); border-radius: 999px; padding: 0 .5em; font-size: .85em; white-space: nowrap; }
        .bar { width: 6rem; height: .6rem; vertical-align: middle; fill: var(--line); }
        .bar .value, .chart circle { fill: var(--accent); }
        .bars { width: 100%; max-width: 47rem; font-size: 12px; fill: currentColor; }
        .part0 { fill: var(--accent); background: var(--accent); } .part1 { fill: var(--dev); background: var(--dev); } .part2 { fill: var(--test); background: var(--test); }
        .key, figcaption { color: var(--soft); font-size: .9rem; }
        .key span { display: inline-block; width: .8em; height: .8em; margin: 0 .3em 0 1em; }
        .chart { width: 20rem; max-width: 100%; font-size: 11px; fill: currentColor; }
        .chart path { fill: none; stroke: var(--line); }
        .chart .ideal { stroke-dasharray: 4; }
        .chart .line { stroke: var(--accent); stroke-width: 2; }
        figure { margin: 1rem 0; }
        """;

    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    public static string Page(string title, StringBuilder body) => $"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{Safe(title)}</title>
        <style>
        {Style}
        </style>
        </head>
        <body>
        {body}</body>
        </html>

        """;

    /// <summary>Text for an element or a quoted attribute, of HTML and of SVG.</summary>
    public static string Safe(string text) => Encoder.Encode(text);

    /// <summary>A table of cells that are HTML already; the first names its row.</summary>
    public static void Table(StringBuilder page, IEnumerable<string> head, IEnumerable<string[]> rows)
    {
        page.Append("<div class=\"table\" tabindex=\"0\"><table>\n<thead><tr>");
        page.AppendJoin("", head.Select(cell => $"<th scope=\"col\">{cell}</th>")).Append("</tr></thead>\n<tbody>\n");
        foreach (var row in rows)
        {
            page.Append($"<tr><th scope=\"row\">{row[0]}</th>").AppendJoin("", row.Skip(1).Select(cell => $"<td>{cell}</td>")).Append("</tr>\n");
        }

        page.Append("</tbody>\n</table></div>\n");
    }

    public static void Figure(StringBuilder page, string drawing, string caption) =>
        page.Append($"<figure>{drawing}<figcaption>{Safe(caption)}</figcaption></figure>\n");
}
