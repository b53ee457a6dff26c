using System.Globalization;
using System.Text;
using Droptune.Core.Evaluation;
using Droptune.Core.Metrics;

namespace Droptune.Core.Reports;

/// <summary>The charts of an evaluation page, drawn as SVG; colours come from the page's style sheet.</summary>
internal static class SvgCharts
{
    private const int Side = 220;
    private const int Margin = 30;

    /// <summary>A bar of a value from 0 to 1.</summary>
    public static string Bar(double value) => string.Create(CultureInfo.InvariantCulture,
        $"<svg class=\"bar\" viewBox=\"0 0 100 8\" role=\"presentation\"><rect width=\"100\" height=\"8\"/><rect class=\"value\" width=\"{value * 100:0.#}\" height=\"8\"/></svg>");

    /// <summary>Accuracy over score, with the diagonal of a model whose scores are right; a dot's area is the number of predictions.</summary>
    public static string Reliability(Calibration calibration)
    {
        var chart = new StringBuilder();
        var most = calibration.Bins.Max(bin => bin.Count);
        chart.Append(CultureInfo.InvariantCulture, $"<svg class=\"chart\" viewBox=\"0 0 {Side + Margin + 10} {Side + Margin + 10}\" role=\"img\" aria-label=\"Reliability curve\">");
        chart.Append(CultureInfo.InvariantCulture, $"<path class=\"axis\" d=\"M{Margin} 10V{Side + 10}H{Side + Margin}\"/>");
        chart.Append(CultureInfo.InvariantCulture, $"<path class=\"ideal\" d=\"M{X(0)} {Y(0)}L{X(1)} {Y(1)}\"/><path class=\"line\" d=\"M");
        chart.AppendJoin('L', calibration.Bins.Select(bin => string.Create(CultureInfo.InvariantCulture, $"{X(bin.MeanScore):0.#} {Y(bin.Accuracy):0.#}"))).Append("\"/>");
        foreach (var bin in calibration.Bins)
        {
            chart.Append(CultureInfo.InvariantCulture,
                $"<circle cx=\"{X(bin.MeanScore):0.#}\" cy=\"{Y(bin.Accuracy):0.#}\" r=\"{2 + (5 * Math.Sqrt((double)bin.Count / most)):0.#}\"><title>{bin.Count} predictions with a score of {Figures.Percent(bin.MeanScore)} on average, {Figures.Percent(bin.Accuracy)} right</title></circle>");
        }

        foreach (var tick in new[] { 0, 0.5, 1 })
        {
            chart.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(tick)}\" y=\"{Side + 24}\" text-anchor=\"middle\">{tick}</text><text x=\"{Margin - 5}\" y=\"{Y(tick) + 4}\" text-anchor=\"end\">{tick}</text>");
        }

        return chart.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(0.5)}\" y=\"{Side + 37}\" text-anchor=\"middle\">score</text></svg>").ToString();

        static double X(double value) => Margin + (value * Side);

        static double Y(double value) => 10 + ((1 - value) * Side);
    }
}
