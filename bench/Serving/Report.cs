using System.Text.Json;
using Droptune.Core;

namespace Droptune.Bench.Serving;

/// <summary>One load on one system, as bench/serving.sh writes it; the figures are those of the peers' load.sh.</summary>
internal sealed record Measurement(
    string System, string Model, string Precision, string Body, int Connections, double TextsPerSecond, double P50, double P99, int Errors);

/// <summary>Prints medians side by side, and one RATIO line a target.</summary>
internal static class Report
{
    private const string Ours = "droptune";
    private const string Bare = "bare";
    private const string Pipeline = "node-pipeline";

    public static int Run(string path)
    {
        var all = File.ReadLines(path).Select(line => JsonSerializer.Deserialize<Measurement>(line, DroptuneJson.Compact)!).ToArray();
        var cells = all.GroupBy(m => (m.Model, m.Precision, m.Body, m.Connections, m.System))
            .Select(g => g.First() with
            {
                TextsPerSecond = Median(g.Select(m => m.TextsPerSecond)),
                P50 = Median(g.Select(m => m.P50)),
                P99 = Median(g.Select(m => m.P99)),
                Errors = g.Sum(m => m.Errors),
            })
            .ToArray();

        Console.WriteLine("| model | precision | body | connections | system | texts/s (lowest to highest) | p50 ms | p99 ms | errors |\n|---|---|---|--:|---|--:|--:|--:|--:|");
        foreach (var cell in cells.OrderBy(c => (c.Model, c.Precision, c.Body, c.Connections, c.System)))
        {
            var same = all.Where(m => (m.Model, m.Precision, m.Body, m.Connections, m.System)
                == (cell.Model, cell.Precision, cell.Body, cell.Connections, cell.System)).Select(m => m.TextsPerSecond).ToArray();
            Console.WriteLine($"| {cell.Model} | {cell.Precision} | {cell.Body} | {cell.Connections} | {cell.System} "
                + $"| {cell.TextsPerSecond:F0} ({same.Min():F0} to {same.Max():F0}) | {cell.P50:F1} | {cell.P99:F1} | {cell.Errors} |");
        }

        var ours = cells.Where(c => c.System == Ours).ToArray();
        var missed = 0;
        AtLeast("fp32-of-bare-loop", 0.92, Loads(ours, "fp32").Select(g => g.Max(c => c.TextsPerSecond) / Best(g.First(), Bare)));
        AtLeast("fp32-of-best-node-in-any-cell", 1, ours.Where(c => c.Precision == "fp32").Select(OfBestNode));
        AtLeast("fp32-of-best-node-batch32", 1.3, ours.Where(c => c is { Precision: "fp32", Body: "batch32" }).Select(OfBestNode));
        AtLeast("int8-of-best-node-int8", 1.5, Loads(ours, "int8").Select(g => g.Max(c => c.TextsPerSecond) / BestNode(g.First())));
        AtLeast("int8-of-fp32-pipeline", 4, Loads(ours, "int8").Select(g => g.Max(c => c.TextsPerSecond) / Best(g.First() with { Precision = "fp32" }, Pipeline)));
        AtMost("p99-of-p50-at-32-connections", 3, ours.Where(c => c is { Connections: 32, Body: not "batch32" }).Select(c => c.P99 / c.P50));
        AtMost("added-latency-ms-at-1-connection", 0.3, ours.Where(c => c is { Connections: 1, Body: not "batch32" })
            .Select(c => c.P50 - cells.Where(b => Same(b, c) && b.System == Bare && b.Connections == 1).Select(b => b.P50).DefaultIfEmpty(double.NaN).First()));
        AtMost("errors", 0, [ours.Sum(c => c.Errors)]);
        return missed == 0 ? 0 : 1;

        double OfBestNode(Measurement cell) => cell.TextsPerSecond
            / cells.Where(c => Same(c, cell) && c.System.StartsWith("node", StringComparison.Ordinal) && c.Connections == cell.Connections)
                .Select(c => c.TextsPerSecond).DefaultIfEmpty(double.NaN).Max();

        double BestNode(Measurement load) => cells.Where(c => Same(c, load) && c.System.StartsWith("node", StringComparison.Ordinal))
            .Select(c => c.TextsPerSecond).DefaultIfEmpty(double.NaN).Max();

        double Best(Measurement load, string system) => cells.Where(c => Same(c, load) && c.System == system)
            .Select(c => c.TextsPerSecond).DefaultIfEmpty(double.NaN).Max();

        void AtLeast(string name, double target, IEnumerable<double> values) => Line(name, target, values.DefaultIfEmpty(double.NaN).Min(), (v, t) => v >= t);

        void AtMost(string name, double target, IEnumerable<double> values) => Line(name, target, values.DefaultIfEmpty(double.NaN).Max(), (v, t) => v <= t);

        void Line(string name, double target, double value, Func<double, double, bool> holds)
        {
            missed += holds(value, target) ? 0 : 1; // NaN, nothing measured, holds nothing
            Console.WriteLine($"RATIO {name} {value:F2} {target}");
        }
    }

    private static IEnumerable<IGrouping<(string, string), Measurement>> Loads(IEnumerable<Measurement> cells, string precision) =>
        cells.Where(c => c.Precision == precision).GroupBy(c => (c.Model, c.Body));

    private static bool Same(Measurement a, Measurement b) => (a.Model, a.Precision, a.Body) == (b.Model, b.Precision, b.Body);

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
