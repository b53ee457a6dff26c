using Droptune.Core.Evaluation;
using Droptune.Core.Metrics;
using static System.FormattableString;

namespace Droptune.Core.Reports.Markup;

/// <summary>The drawings of all reports; those within a page take their colours from its style.</summary>
public static class Svg
{
    private const int NameWidth = 230;
    private const int BarWidth = 340;
    private const int CountsWidth = 200; // of three numbers in the millions
    private const int RowHeight = 22;

    private static readonly string[] Colours = ["#d62728", "#1f77b4", "#2ca02c", "#9467bd", "#8c564b", "#17becf"];

    /// <summary>Curves by epoch as a file of its own, the kept epoch marked; values are parts of one, of the first curve of <paramref name="highest"/>.</summary>
    public static string Curves(IReadOnlyList<(string Name, double[] Values)> curves, double highest, int kept)
    {
        var epochs = curves[0].Values.Length;
        var plot = new Plot(48, 40, 592, 276);
        var svg = Open("xmlns=\"http://www.w3.org/2000/svg\" font-family=\"sans-serif\" font-size=\"12\"", 640, 320);
        svg.Append(Rect("fill=\"white\"", 0, 0, 640, 320)).Append(plot.Line("fill=\"none\" stroke=\"#888\"", [(0, 1), (0, 0), (1, 0), (1, 1)]));
        for (var part = 0.0; part <= 1; part += 0.25)
        {
            svg.Append(plot.Line("stroke=\"#eee\"", [(0, part), (1, part)]));
            svg.Append(Text(plot.Right + 6, plot.Y(part) + 4, Invariant($"{part * 100} %")));
            svg.Append(Text(plot.Left - 6, plot.Y(part) + 4, Invariant($"{highest * part:0.00}"), "end"));
        }

        svg.Append(plot.Line("stroke=\"#bbb\" stroke-dasharray=\"4 3\"", [(Along(kept), 0), (Along(kept), 1)]));
        svg.Append(Text(plot.X(Along(kept)), plot.Bottom + 32, $"kept: epoch {kept}", "middle", "#666"));
        foreach (var epoch in Enumerable.Range(1, epochs).Where(e => e == 1 || e == epochs || e % Math.Max(1, (epochs + 9) / 10) == 0))
        {
            svg.Append(Text(plot.X(Along(epoch)), plot.Bottom + 16, $"{epoch}", "middle"));
        }

        foreach (var (i, (name, values)) in curves.Index())
        {
            var colour = Colours[i % Colours.Length];
            svg.Append(plot.Line($"fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"", values.Select((value, e) => (Along(e + 1), Math.Clamp(value, 0, 1)))));
            svg.Append(Text(plot.Left + (i * 96), 20, name, fill: colour));
        }

        return svg.Append("</svg>\n").ToString();

        double Along(int epoch) => epochs == 1 ? 0.5 : (epoch - 1.0) / (epochs - 1);
    }

    /// <summary>A horizontal bar chart; a bar can have parts (train, dev, test), each with its own class.</summary>
    internal static string Bars(IReadOnlyList<(string Name, long[] Parts)> rows, string title)
    {
        var largest = Math.Max(1, rows.Max(row => row.Parts.Sum()));
        var svg = Open($"class=\"bars\" role=\"img\" aria-label=\"{Html.Safe(title)}\"", NameWidth + BarWidth + CountsWidth, rows.Count * RowHeight);
        foreach (var (i, row) in rows.Index())
        {
            var y = i * RowHeight;
            double x = NameWidth;
            svg.Append(Text(x - 8, y + 15, row.Name.Length <= 32 ? row.Name : row.Name[..31] + "…", "end"));
            foreach (var (part, count) in row.Parts.Index())
            {
                var width = (double)BarWidth * count / largest;
                svg.Append(Rect($"class=\"part{part}\"", x, y + 3, width, RowHeight - 6));
                x += width;
            }

            svg.Append(Text(x + 6, y + 15, string.Join(" / ", row.Parts.Select(Figures.Count))));
        }

        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>A bar of a value from 0 to 1.</summary>
    internal static string Bar(double value) =>
        Open("class=\"bar\" role=\"presentation\"", 100, 8).Append(Rect("", 0, 0, 100, 8)).Append(Rect("class=\"value\"", 0, 0, value * 100, 8)).Append("</svg>").ToString();

    /// <summary>Accuracy over score, with the diagonal of a model whose scores are right; a dot's area is the number of predictions.</summary>
    internal static string Reliability(Calibration calibration)
    {
        var most = calibration.Bins.Max(bin => bin.Count);
        var plot = new Plot(30, 10, 250, 230);
        var svg = Open("class=\"chart\" role=\"img\" aria-label=\"Reliability curve\"", 260, 260);
        svg.Append(plot.Line("class=\"axis\"", [(0, 1), (0, 0), (1, 0)])).Append(plot.Line("class=\"ideal\"", [(0, 0), (1, 1)]));
        svg.Append(plot.Line("class=\"line\"", calibration.Bins.Select(bin => (bin.MeanScore, bin.Accuracy))));
        foreach (var bin in calibration.Bins)
        {
            svg.Append(Invariant($"<circle cx=\"{plot.X(bin.MeanScore):0.#}\" cy=\"{plot.Y(bin.Accuracy):0.#}\" r=\"{2 + (5 * Math.Sqrt((double)bin.Count / most)):0.#}\">"));
            svg.Append($"<title>{bin.Count} predictions with a score of {Figures.Percent(bin.MeanScore)} on average, {Figures.Percent(bin.Accuracy)} right</title></circle>");
        }

        foreach (var tick in new[] { 0, 0.5, 1 })
        {
            svg.Append(Text(plot.X(tick), plot.Bottom + 14, Figures.Number(tick), "middle")).Append(Text(plot.Left - 5, plot.Y(tick) + 4, Figures.Number(tick), "end"));
        }

        return svg.Append(Text(plot.X(0.5), plot.Bottom + 27, "score", "middle")).Append("</svg>").ToString();
    }

    private static StringBuilder Open(string attributes, int width, int height) => new($"<svg {attributes} viewBox=\"0 0 {width} {height}\">\n");

    private static string Rect(string attributes, double x, double y, double width, double height) =>
        Invariant($"<rect {attributes} x=\"{x:0.#}\" y=\"{y:0.#}\" width=\"{width:0.#}\" height=\"{height:0.#}\"/>\n");

    private static string Text(double x, double y, string text, string anchor = "start", string fill = "currentColor") =>
        Invariant($"<text x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\" fill=\"{fill}\">{Html.Safe(text)}</text>\n");

    /// <summary>Where values from 0 to 1 stand in a drawing.</summary>
    private readonly record struct Plot(int Left, int Top, int Right, int Bottom)
    {
        public double X(double part) => Left + ((Right - Left) * part);

        public double Y(double part) => Bottom - ((Bottom - Top) * part);

        public string Line(string attributes, IEnumerable<(double X, double Y)> points)
        {
            var plot = this;
            return $"<path {attributes} d=\"M{string.Join('L', points.Select(point => Invariant($"{plot.X(point.X):0.#} {plot.Y(point.Y):0.#}")))}\"/>\n";
        }
    }
}
