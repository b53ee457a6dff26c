using System.Diagnostics;
using Droptune.Core.Text.WordPiece;
using Microsoft.ML.OnnxRuntime;

namespace Droptune.Bench.Serving;

/// <summary>
/// The limit: ONNX Runtime on tokenized batches and buffers that stay, nothing else. Once with all cores in one loop, spinning
/// as it is fastest, and once with a loop and a session a core: loops that share a session wait for its memory.
/// </summary>
internal sealed class BareLoop(string folder, string file, string body)
{
    private const int WarmUp = 2; // runs
    private static readonly int[] BatchSizes = [1, 2, 4, 8, 16, 32];
    private readonly WordPieceTokenizer _tokenizer = WordPieceTokenizer.Load(folder);

    /// <summary>One line a form and batch size, in the shape of a load: the batch size stands under connections.</summary>
    public void Run(double seconds, string model, string precision, string name)
    {
        foreach (var (loops, threads) in new[] { (1, Environment.ProcessorCount), (Environment.ProcessorCount, 1) })
        {
            using var options = new SessionOptions { IntraOpNumThreads = threads, InterOpNumThreads = 1, EnableMemoryPattern = false };
            var sessions = Enumerable.Range(0, loops).Select(_ => new InferenceSession(Path.Combine(folder, file), options)).ToList();
            foreach (var size in BatchSizes)
            {
                var median = MedianTime(sessions, size, seconds);
                var measured = new Measurement(
                    $"bare-{loops}x{threads}", model, precision, name, size, 1000 * size * loops / median, median, median, 0);
                Console.WriteLine(JsonSerializer.Serialize(measured, DroptuneJson.Compact));
            }

            sessions.ForEach(session => session.Dispose());
        }
    }

    private double MedianTime(List<InferenceSession> sessions, int size, double seconds)
    {
        var (times, total) = (new List<double>(), Stopwatch.StartNew());
        var threads = sessions.ConvertAll(session => new Thread(() => Loop(session)));
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        times.Sort();
        return times[times.Count / 2];

        void Loop(InferenceSession session)
        {
            var mine = new List<double>();
            var (ids, mask) = Batch(size);
            using var run = new RunOptions();
            while (mine.Count < 3 * WarmUp || total.Elapsed.TotalSeconds < seconds)
            {
                var start = Stopwatch.GetTimestamp();
                session.Run(run, ["input_ids", "attention_mask"], [ids, mask], session.OutputNames).Dispose();
                mine.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            lock (times)
            {
                times.AddRange(mine.Skip(WarmUp));
            }
        }
    }

    private (OrtValue Ids, OrtValue Mask) Batch(int size)
    {
        var texts = Body.Texts(body);
        var batch = Enumerable.Range(0, size).Select(i => _tokenizer.Tokenize(texts[i % texts.Length]).Ids).ToArray();
        var width = batch.Max(ids => ids.Length) + 2;
        var (ids, mask) = (new long[size * width], new long[size * width]);
        for (var row = 0; row < size; row++)
        {
            long[] pieces = [_tokenizer.ClsId, .. batch[row].Select(id => (long)id), _tokenizer.SepId];
            pieces.CopyTo(ids, row * width);
            Array.Fill(mask, 1, row * width, pieces.Length);
        }

        return (OrtValue.CreateTensorValueFromMemory(ids, [size, width]), OrtValue.CreateTensorValueFromMemory(mask, [size, width]));
    }
}
