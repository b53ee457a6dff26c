using System.Globalization;
using System.Text;

namespace Droptune.Core.Reports;

/// <summary>A horizontal bar chart as inline SVG; a bar can have parts (train, dev, test), each with its own class.</summary>
internal static class SvgBars
{
    private const int NameWidth = 230;
    private const int BarWidth = 340;
    private const int CountsWidth = 200; // of three numbers in the millions
    private const int RowHeight = 22;

    /// <summary>Draws one bar a row; <paramref name="encode"/> makes text safe for HTML.</summary>
    public static string Draw(IReadOnlyList<(string Name, long[] Parts)> rows, string title, Func<string, string> encode)
    {
        var culture = CultureInfo.InvariantCulture;
        var largest = Math.Max(1, rows.Max(row => row.Parts.Sum()));
        var svg = new StringBuilder();
        svg.Append(culture, $"<svg viewBox=\"0 0 {NameWidth + BarWidth + CountsWidth} {rows.Count * RowHeight}\" role=\"img\" aria-label=\"{encode(title)}\">\n");
        foreach (var (i, row) in rows.Index())
        {
            var y = i * RowHeight;
            double x = NameWidth;
            svg.Append(culture, $"<text x=\"{NameWidth - 8}\" y=\"{y + 15}\" text-anchor=\"end\">{encode(Short(row.Name))}</text>");
            foreach (var (part, count) in row.Parts.Index())
            {
                var width = (double)BarWidth * count / largest;
                svg.Append(culture, $"<rect class=\"part{part}\" x=\"{x:F1}\" y=\"{y + 3}\" width=\"{width:F1}\" height=\"{RowHeight - 6}\"/>");
                x += width;
            }

            svg.Append(culture, $"<text x=\"{x + 6:F1}\" y=\"{y + 15}\">{encode(string.Join(" / ", row.Parts.Select(ReportWords.Number)))}</text>\n");
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static string Short(string name) => name.Length <= 32 ? name : name[..31] + "…";
}
