using System.Diagnostics;
using Droptune.Core.Datasets;
using Droptune.Core.Datasets.Gate;

namespace Droptune.Bench.Gate;

/// <summary>Validates and snapshots one generated file; prints the process's largest working set.</summary>
internal static class Memory
{
    public static async Task RunAsync(int megabytes, string format)
    {
        var folder = Directory.CreateTempSubdirectory("gate-bench-").FullName;
        try
        {
            var path = Path.Combine(folder, "data." + format);
            Generated.Write(path, megabytes * 1_000_000L, format == "conll");
            var start = Stopwatch.GetTimestamp();
            var report = await DatasetGate.CheckAsync("bench", [DatasetFile.FromPath(path)], Path.Combine(folder, "snapshot"));
            using var process = Process.GetCurrentProcess();
            var peak = process.PeakWorkingSet64 / 1e6;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{format} {megabytes} MB: {report.Counts.Train + report.Counts.Dev + report.Counts.Test} examples, {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s, accepted {report.Accepted}"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"RATIO gate-memory-{format}-{megabytes}MB {peak:F0} 400"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
