namespace Droptune.Bench.Serving;

/// <summary>One load on one system, as bench/serving.sh writes it; the figures are those of the peers' load.sh.</summary>
internal sealed record Measurement(
    string System, string Model, string Precision, string Body, int Connections, double TextsPerSecond, double P50, double P99, int Errors);

/// <summary>One other figure: <c>cold</c> in ms; <c>resident</c> (after the loads), <c>resident-at-start</c>, <c>soak-resident</c> in MB; <c>soak-errors</c>.</summary>
internal sealed record Figure(string System, string Model, string Precision, string Name, double Value);

/// <summary>Prints medians side by side, and one RATIO line a target with the case that decides it.</summary>
internal sealed class Report
{
    private const string Ours = "droptune";
    private const string Bare = "bare";
    private const string Node = "node";
    private static readonly string[] Batches = ["batch32", "mixed"];

    private readonly Measurement[] _all;
    private readonly Measurement[] _cells;
    private readonly Figure[] _figures;
    private int _missed;

    public Report(string path)
    {
        var lines = File.ReadAllLines(path).ToLookup(line => line.Contains("\"name\":", StringComparison.Ordinal));
        _all = [.. lines[false].Select(line => JsonSerializer.Deserialize<Measurement>(line, DroptuneJson.Compact)!)];
        _figures = [.. lines[true].Select(line => JsonSerializer.Deserialize<Figure>(line, DroptuneJson.Compact)!)];
        _cells = [.. _all.GroupBy(Key).Select(g => g.First() with
        {
            TextsPerSecond = Median(g.Select(m => m.TextsPerSecond)),
            P50 = Median(g.Select(m => m.P50)),
            P99 = Median(g.Select(m => m.P99)),
            Errors = g.Sum(m => m.Errors),
        }).OrderBy(Key)];
    }

    /// <returns>The exit code: 1 if a target is missed or was not measured.</returns>
    public int Print()
    {
        PrintTable();
        var ours = _cells.Where(c => c.System == Ours).ToArray();
        var (full, eight) = (ours.Where(c => c.Precision == "fp32").ToArray(), ours.Where(c => c.Precision == "int8").ToArray());
        AtLeast("fp32-of-bare-loop", 0.92, Best(full.Where(c => c.Body != "mixed")).Select(c => (Name(c), c.TextsPerSecond / Fastest(c, Bare))));
        AtLeast("of-best-node-in-any-cell", 1, ours.Select(c => (Name(c), c.TextsPerSecond / Fastest(c, Node, c.Connections))));
        AtLeast("fp32-batches-of-best-node", 1.3, full.Where(c => Batches.Contains(c.Body)).Select(c => (Name(c), c.TextsPerSecond / Fastest(c, Node, c.Connections))));
        AtLeast("int8-of-best-node-int8", 1.5, Best(eight).Select(c => (Name(c), c.TextsPerSecond / Fastest(c, Node))));
        AtLeast("int8-of-fp32-pipeline", 4, Best(eight).Select(c => (Name(c), c.TextsPerSecond / Fastest(c with { Precision = "fp32" }, "node-pipeline"))));
        AtMost("p99-of-p50-at-32-connections", 3, ours.Where(c => c.Connections == 32).Select(c => (Name(c), c.P99 / c.P50)));
        AtMost("added-latency-ms-at-1-connection", 0.3, ours.Where(c => c.Connections == 1 && !Batches.Contains(c.Body)).Select(c =>
            (Name(c), c.P50 - Of(c, Bare).Where(b => b.Connections == 1).Select(b => b.P50).DefaultIfEmpty(double.NaN).Min())));
        AtMost("cold-start-of-node", 1, OfNode("cold"));
        AtMost("resident-at-start-of-node", 1, OfNode("resident-at-start"));
        AtMost("resident-under-load-of-node", 1, OfNode("resident"));
        AtMost("errors", 0, ours.Select(c => (Name(c), (double)c.Errors)));
        AtMost("soak-errors", 0, _figures.Where(f => f.Name == "soak-errors").Select(f => (f.Model, f.Value)));
        AtMost("soak-memory-growth", 1.05, SoakGrowth());
        return _missed == 0 ? 0 : 1;
    }

    private void PrintTable()
    {
        Console.WriteLine("| model | precision | body | connections (bare: batch) | system | texts/s (lowest to highest) | p50 ms | p99 ms | errors |\n|---|---|---|--:|---|--:|--:|--:|--:|");
        foreach (var cell in _cells)
        {
            var speeds = _all.Where(m => Key(m) == Key(cell)).Select(m => m.TextsPerSecond).ToArray();
            Console.WriteLine($"| {cell.Model} | {cell.Precision} | {cell.Body} | {cell.Connections} | {cell.System} "
                + $"| {cell.TextsPerSecond:F0} ({speeds.Min():F0} to {speeds.Max():F0}) | {cell.P50:F2} | {cell.P99:F2} | {cell.Errors} |");
        }

        Console.WriteLine("\n| figure | model | precision | system | median (lowest to highest) |\n|---|---|---|---|--:|");
        foreach (var same in _figures.GroupBy(f => (f.Name, f.Model, f.Precision, f.System)).OrderBy(g => g.Key))
        {
            var values = same.Select(f => f.Value).ToArray();
            Console.WriteLine($"| {same.Key.Name} | {same.Key.Model} | {same.Key.Precision} | {same.Key.System} | {Median(values):F0} ({values.Min():F0} to {values.Max():F0}) |");
        }

        Console.WriteLine();
    }

    // Under load, against the smallest of node's that had more than one connection too.
    private IEnumerable<(string, double)> OfNode(string name) =>
        from same in _figures.Where(f => f.Name == name).GroupBy(f => (f.Model, f.Precision))
        let ours = same.Where(f => f.System == Ours).Select(f => f.Value).ToArray()
        let node = same.Where(f => f.System.StartsWith(Node, StringComparison.Ordinal) && (name != "resident" || f.System != "node-raw-1x2"))
            .GroupBy(f => f.System).Select(system => Median(system.Select(f => f.Value))).ToArray()
        where ours.Length > 0 && node.Length > 0
        select ($"{same.Key.Model} {same.Key.Precision}", Median(ours) / node.Min());

    // The last quarter against the second: the first is warming up.
    private IEnumerable<(string, double)> SoakGrowth() =>
        from same in _figures.Where(f => f.Name == "soak-resident").GroupBy(f => f.Model)
        let quarters = same.Select(f => f.Value).Chunk((same.Count() + 3) / 4).ToArray()
        where quarters.Length == 4
        select (same.Key, Median(quarters[3]) / Median(quarters[1]));

    private IEnumerable<Measurement> Of(Measurement load, string systems) => _cells.Where(c =>
        (c.Model, c.Precision, c.Body) == (load.Model, load.Precision, load.Body) && c.System.StartsWith(systems, StringComparison.Ordinal));

    private double Fastest(Measurement load, string systems, int? connections = null) => Of(load, systems)
        .Where(c => connections is null || c.Connections == connections).Select(c => c.TextsPerSecond).DefaultIfEmpty(double.NaN).Max();

    private static IEnumerable<Measurement> Best(IEnumerable<Measurement> cells) =>
        cells.GroupBy(c => (c.Model, c.Precision, c.Body)).Select(g => g.MaxBy(c => c.TextsPerSecond)!);

    private void AtLeast(string name, double target, IEnumerable<(string, double)> values) => Line(name, target, values, -1);

    private void AtMost(string name, double target, IEnumerable<(string, double)> values) => Line(name, target, values, 1);

    private void Line(string name, double target, IEnumerable<(string Case, double Value)> values, int sign)
    {
        var known = values.Where(v => double.IsFinite(v.Value)).ToArray();
        if (known.Length == 0)
        {
            _missed++;
            Console.WriteLine($"RATIO {name} NaN {target}\n  not measured");
            return;
        }

        var (worst, value) = known.MaxBy(v => sign * v.Value);
        var met = known.Count(v => sign * v.Value <= sign * target);
        _missed += met == known.Length ? 0 : 1;
        Console.WriteLine($"RATIO {name} {value:F2} {target}\n  {met} of {known.Length} meet it; worst: {worst}");
    }

    private static string Name(Measurement c) => $"{c.Model} {c.Precision} {c.Body} at {c.Connections}";

    private static (string, string, string, int, string) Key(Measurement m) => (m.Model, m.Precision, m.Body, m.Connections, m.System);

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
