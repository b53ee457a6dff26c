using System.Collections.Concurrent;
using System.Diagnostics;
using Droptune.Core.Inference;

namespace Droptune.Bench.Serving;

/// <summary>The served model without HTTP: callers that each ask again as soon as they are answered.</summary>
internal static class Served
{
    public static async Task RunAsync(string folder, string file, string body, int callers, double seconds)
    {
        using var model = ServedModel.Load(folder, file: file);
        await model.WarmUpAsync();
        PredictInput[] inputs = [.. Body.Texts(body).Select(PredictInput.OfText)];
        var times = new ConcurrentBag<double>();
        var total = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            while (total.Elapsed.TotalSeconds < seconds)
            {
                var start = Stopwatch.GetTimestamp();
                await model.PredictAsync(inputs);
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        })));

        var elapsed = total.Elapsed.TotalSeconds;
        double[] sorted = [.. times.Order()];
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            callers,
            texts_per_s = sorted.Length * inputs.Length / elapsed,
            p50_ms = sorted[sorted.Length / 2],
            p99_ms = sorted[sorted.Length * 99 / 100],
            cpu_ms_per_text = Environment.CpuUsage.TotalTime.TotalMilliseconds / (sorted.Length * inputs.Length),
            resident_mb = Environment.WorkingSet / 1e6,
        }));
    }
}
