using System.Globalization;
using System.Text;

namespace Droptune.TrainingJob.Training.Reports;

/// <summary><c>training.svg</c>: training loss and the scores on dev by epoch, with the kept epoch marked.</summary>
internal static class TrainingCurve
{
    private const int Width = 640;
    private const int Height = 320;
    private const int Left = 48;
    private const int Right = 592;
    private const int Top = 40;
    private const int Bottom = 276;

    private static readonly string[] Colours = ["#1f77b4", "#2ca02c", "#9467bd", "#8c564b", "#17becf"];

    public static string Draw(TrainingRecord record)
    {
        var svg = new StringBuilder();
        var curve = record.Curve;
        var highest = Math.Max(1e-9, curve.Max(e => e.Loss));
        Line($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" font-family="sans-serif" font-size="12">""");
        Line($"""<rect width="{Width}" height="{Height}" fill="white"/>""");
        Line($"""<path d="M{Left} {Top}V{Bottom}H{Right}V{Top}" fill="none" stroke="#888"/>""");
        for (var tick = 0; tick <= 4; tick++)
        {
            var y = Bottom - ((Bottom - Top) * tick / 4);
            Line($"""<path d="M{Left} {y}H{Right}" stroke="#eee"/>""");
            Line($"""<text x="{Right + 6}" y="{y + 4}">{tick * 25} %</text>""");
            Line($"""<text x="{Left - 6}" y="{y + 4}" text-anchor="end">{highest * tick / 4:0.00}</text>""");
        }

        var best = X(record.BestEpoch);
        Line($"""<path d="M{best} {Top}V{Bottom}" stroke="#bbb" stroke-dasharray="4 3"/>""");
        Line($"""<text x="{best}" y="{Bottom + 32}" text-anchor="middle" fill="#666">kept: epoch {record.BestEpoch}</text>""");
        foreach (var epoch in curve.Select(e => e.Epoch).Where(e => e == 1 || e == curve.Count || e % Math.Max(1, (curve.Count + 9) / 10) == 0))
        {
            Line($"""<text x="{X(epoch)}" y="{Bottom + 16}" text-anchor="middle">{epoch}</text>""");
        }

        Series("training loss", "#d62728", curve.Select(e => e.Loss / highest), 0);
        foreach (var (index, name) in curve[0].Dev.Keys.Where(name => name != "loss").Index())
        {
            Series($"dev {name}", Colours[index % Colours.Length], curve.Select(e => e.Dev[name]), index + 1);
        }

        return svg.Append("</svg>\n").ToString();

        string X(int epoch) => Number(curve.Count == 1 ? (Left + Right) / 2.0 : Left + ((Right - Left) * (epoch - 1.0) / (curve.Count - 1)));

        void Series(string name, string colour, IEnumerable<double> values, int index)
        {
            var points = values.Select((value, i) => $"{X(curve[i].Epoch)},{Number(Bottom - ((Bottom - Top) * Math.Clamp(value, 0, 1)))}");
            Line($"""<polyline points="{string.Join(' ', points)}" fill="none" stroke="{colour}" stroke-width="2"/>""");
            Line($"""<text x="{Left + (index * 96)}" y="20" fill="{colour}">{name}</text>""");
        }

        void Line(FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
