namespace Droptune.Core.Reports.Markup;

/// <summary>Markdown in which the text of a dataset, a file or a model stays text, whatever it holds.</summary>
public static class Markdown
{
    /// <summary>One line without markup. HTML has entities, because not every renderer knows <c>\&lt;</c>.</summary>
    public static string Safe(string text)
    {
        var safe = new StringBuilder(text.Length);
        foreach (var c in OneLine(text))
        {
            safe.Append(c switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '\\' or '*' or '_' or '`' or '[' or ']' or '#' or '~' or '$' => $"\\{c}",
                _ => $"{c}",
            });
        }

        return safe.ToString();
    }

    /// <summary>A code span, fenced by more backticks than it holds.</summary>
    public static string Code(string text)
    {
        var fence = "`";
        while (text.Contains(fence, StringComparison.Ordinal))
        {
            fence += "`";
        }

        // Nothing between two backticks would be a fence of two, which goes on to the next.
        return fence == "`" && text.Length > 0 ? $"`{OneLine(text)}`" : $"{fence} {OneLine(text)} {fence}";
    }

    /// <summary>A row of a table. A pipe ends a cell even within a code span, so the row escapes it and nobody else does.</summary>
    public static string Row(params IEnumerable<string> cells) =>
        $"| {string.Join(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal)))} |\n";

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
