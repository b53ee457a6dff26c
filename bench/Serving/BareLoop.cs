using System.Diagnostics;
using System.Text.Json;
using Droptune.Core.Text;
using Microsoft.ML.OnnxRuntime;

namespace Droptune.Bench.Serving;

/// <summary>The limit: ONNX Runtime on tokenized batches and buffers that stay, nothing else. Spinning is on, as it is fastest.</summary>
internal static class BareLoop
{
    private static readonly int[] BatchSizes = [1, 2, 4, 8, 16, 32];

    public static void Run(string folder, string file, string body, double seconds)
    {
        var tokenizer = WordPieceTokenizer.Load(folder);
        var texts = Body.Texts(body).Select(tokenizer.Tokenize).ToArray();
        using var options = new SessionOptions { IntraOpNumThreads = Environment.ProcessorCount, InterOpNumThreads = 1, EnableMemoryPattern = false };
        using var session = new InferenceSession(Path.Combine(folder, file), options);
        using var run = new RunOptions();
        foreach (var size in BatchSizes)
        {
            var batch = Enumerable.Range(0, size).Select(i => texts[i % texts.Length].Ids).ToArray();
            var width = batch.Max(ids => ids.Length) + 2;
            var (ids, mask) = (new long[size * width], new long[size * width]);
            for (var row = 0; row < size; row++)
            {
                long[] pieces = [tokenizer.ClsId, .. batch[row].Select(id => (long)id), tokenizer.SepId];
                pieces.CopyTo(ids, row * width);
                Array.Fill(mask, 1, row * width, pieces.Length);
            }

            using var idTensor = OrtValue.CreateTensorValueFromMemory(ids, [size, width]);
            using var maskTensor = OrtValue.CreateTensorValueFromMemory(mask, [size, width]);
            var times = new List<double>();
            var total = Stopwatch.StartNew();
            while (times.Count < 10 || total.Elapsed.TotalSeconds < seconds)
            {
                var start = Stopwatch.GetTimestamp();
                session.Run(run, ["input_ids", "attention_mask"], [idTensor, maskTensor], session.OutputNames).Dispose();
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            times.RemoveRange(0, 3); // warm-up
            times.Sort();
            var median = times[times.Count / 2];
            Console.WriteLine(JsonSerializer.Serialize(new { batch = size, texts_per_s = 1000 * size / median, p50_ms = median }));
        }
    }
}
