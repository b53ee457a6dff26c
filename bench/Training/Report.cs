using Droptune.Core.Jobs;

namespace Droptune.Bench.Training;

/// <summary>Prints medians side by side, and one RATIO line a target.</summary>
internal static class Report
{
    private const string Ours = "droptune";
    private const string Peer = "pytorch";
    private const int SameBatch = 208; // tokens in about 16 sentences, the peer's batch

    public static int Run(string path)
    {
        var all = File.ReadLines(path).Select(line => JsonSerializer.Deserialize<Measurement>(line, DroptuneJson.Compact)!).ToArray();
        var cells = all.GroupBy(m => (m.Size, m.System, m.Padding, m.BatchTokens, m.System == Peer ? m.Rows : 0))
            .Select(g => (
                Cell: g.First() with
                {
                    SentencesPerSecond = Median(g.Select(m => m.SentencesPerSecond)),
                    TokensPerSecond = Median(g.Select(m => m.TokensPerSecond)),
                    OfMatrix = g.All(m => m.OfMatrix is null) ? null : Median(g.Select(m => m.OfMatrix ?? double.NaN)),
                    MatrixGflops = g.All(m => m.MatrixGflops is null) ? null : Median(g.Select(m => m.MatrixGflops ?? double.NaN)),
                },
                Spread: $"{g.Min(m => m.TokensPerSecond):F0} to {g.Max(m => m.TokensPerSecond):F0}"))
            .OrderBy(c => (c.Cell.Size, c.Cell.System, c.Cell.Padding, c.Cell.BatchTokens, c.Cell.Rows))
            .ToArray();

        Console.WriteLine("| model | system | mode | tokens a batch | sentences a batch | padding | sentences/s | real tokens/s (lowest to highest) | of mm | mm GFLOP/s |\n|---|---|---|--:|--:|--:|--:|--:|--:|--:|");
        foreach (var (c, spread) in cells)
        {
            Console.WriteLine($"| {c.Size} | {c.System} | {c.Padding} | {c.BatchTokens} | {c.Rows:F0} | {c.Padded:P0} | {c.SentencesPerSecond:F0} "
                + $"| {c.TokensPerSecond:F0} ({spread}) | {c.OfMatrix:P0} | {c.MatrixGflops:F0} |");
        }

        var missed = 0;
        foreach (var size in new[] { "4x256", "2x128" })
        {
            Ratio($"sentences-of-peer-fixed-{size}", One(Ours, size, SameBatch).SentencesPerSecond / One(Peer, size, padding: "fixed").SentencesPerSecond, 6);
            Ratio($"tokens-of-peer-dynamic-{size}", One(Ours, size, SameBatch).TokensPerSecond / One(Peer, size, padding: "dynamic").TokensPerSecond, 1.6);
        }

        Ratio("flops-of-mm-12x768", One(Ours, "12x768").OfMatrix, 0.85);
        Ratio("flops-of-mm-4x256", One(Ours, "4x256", new Optimisation().For(new() { Size = "mini" }).BatchTokens).OfMatrix, 0.65);
        return missed == 0 ? 0 : 1;

        Measurement One(string system, string size, int? batchTokens = null, string padding = "dynamic") => cells.Select(c => c.Cell).FirstOrDefault(
            c => (c.System, c.Size, c.Padding) == (system, size, padding) && (batchTokens ?? c.BatchTokens) == c.BatchTokens)
            ?? new(system, size, padding, 0, 0, null, double.NaN, double.NaN, double.NaN, double.NaN);

        void Ratio(string name, double? value, double target)
        {
            missed += value >= target ? 0 : 1; // NaN, nothing measured, holds nothing
            Console.WriteLine($"RATIO {name} {value:F2} {target}");
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
