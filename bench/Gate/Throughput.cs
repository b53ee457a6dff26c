using System.Diagnostics;
using Droptune.Core.Datasets;
using Droptune.Core.Datasets.Gate;

namespace Droptune.Bench.Gate;

/// <summary>
/// The gate's time over that of a bare scan of the same file in the same run: a Utf8JsonReader that reads every token, a
/// StreamReader that reads every line. Best of nine each, in processor time, so that a busy machine measures the same; the scan
/// is repeated until it takes about as long as the gate, so that it is not the one that finds a quiet moment.
/// </summary>
internal static class Throughput
{
    private const int Runs = 9;
    private const int Scans = 4; // in a row
    private const double Target = 4;
    private static readonly string[] Formats = ["jsonl", "conll"];

    /// <summary>Measures one format, or both.</summary>
    public static async Task RunAsync(string? format = null)
    {
        var folder = Directory.CreateTempSubdirectory("gate-bench-").FullName;
        try
        {
            foreach (var name in format is null ? Formats : [format])
            {
                var path = Path.Combine(folder, "data." + name);
                Generated.Write(path, 100_000_000, name == "conll");
                await MeasureAsync(name, path, name == "conll");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task MeasureAsync(string name, string path, bool isConll)
    {
        var megabytes = new FileInfo(path).Length / 1e6;
        var scan = double.MaxValue;
        var gate = double.MaxValue;
        for (var run = 0; run < Runs; run++)
        {
            scan = Math.Min(scan, await TimeAsync(() =>
            {
                for (var i = 0; i < Scans; i++)
                {
                    Scan(path, isConll);
                }

                return Task.CompletedTask;
            }) / Scans);
            gate = Math.Min(gate, await TimeAsync(() => DatasetGate.CheckAsync("bench", [DatasetFile.FromPath(path)])));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name}: {megabytes:F0} MB, scan {megabytes / scan:F0} MB/s, gate {megabytes / gate:F0} MB/s"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"RATIO gate-{name} {gate / scan:F2} {Target:F1}"));
    }

    private static async Task<double> TimeAsync(Func<Task> action)
    {
        using var process = Process.GetCurrentProcess();
        var start = process.TotalProcessorTime;
        await action();
        process.Refresh();
        return (process.TotalProcessorTime - start).TotalSeconds;
    }

    private static void Scan(string path, bool isConll)
    {
        if (isConll)
        {
            ScanLines(path);
        }
        else
        {
            ScanJson(path);
        }
    }

    private static void ScanLines(string path)
    {
        using var reader = new StreamReader(path);
        while (reader.ReadLine() is not null)
        {
        }
    }

    private static void ScanJson(string path)
    {
        using var stream = File.OpenRead(path);
        var buffer = new byte[1 << 16];
        var (kept, read) = (0, 0);
        while ((read = stream.Read(buffer, kept, buffer.Length - kept)) > 0)
        {
            var data = buffer.AsSpan(0, kept + read);
            int end;
            while ((end = data.IndexOf((byte)'\n')) >= 0)
            {
                var reader = new Utf8JsonReader(data[..end]);
                while (reader.Read())
                {
                }

                data = data[(end + 1)..];
            }

            data.CopyTo(buffer);
            kept = data.Length;
        }
    }
}
