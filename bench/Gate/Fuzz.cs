using System.Diagnostics;
using Droptune.Core.Datasets;
using Droptune.Core.Datasets.Gate;

namespace Droptune.Bench.Gate;

/// <summary>
/// Feeds the gate noise and damaged datasets of every format; it must always answer with a report, soon. An exception ends
/// the run with the input's number, from which seed and number make it again.
/// </summary>
internal static class Fuzz
{
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(5); // of processor time

    private static readonly (string Name, string Content)[] Seeds =
    [
        ("data.conll", "# intent = a\nTo\tO\nOslo\tB-city\n\n-DOCSTART-\tO\n\nNew\tB-city\nYork\tI-city\n"),
        ("data.txt", "To NN O\n# SYM O\nOslo NNP I-city\n"),
        ("data.jsonl", "{\"tokens\":[\"To\",\"Oslo\"],\"tags\":[\"O\",\"B-city\"],\"label\":\"a\"}\n{\"text\":\"To 😀 Oslo\",\"entities\":[{\"start\":6,\"end\":10,\"label\":\"city\",\"text\":\"Oslo\"}],\"label\":\"b\"}\n"),
        ("data.json", "[{\"text\":\"To Oslo\",\"label\":[[3,7,\"city\"]]},[\"To Rome\",{\"entities\":[[3,7,\"city\"]],\"cats\":{\"a\":1.0}}],{\"text\":\"x\",\"spans\":[],\"answer\":\"reject\"}]"),
        ("data.json", "[{\"data\":{\"text\":\"To Oslo\"},\"annotations\":[{\"result\":[{\"type\":\"labels\",\"value\":{\"start\":3,\"end\":7,\"text\":\"Oslo\",\"labels\":[\"city\"]}},{\"type\":\"choices\",\"value\":{\"choices\":[\"a\"]}}]}]}]"),
        ("data.json", "[{\"paragraphs\":[{\"raw\":\"To Oslo\",\"sentences\":[{\"tokens\":[{\"orth\":\"To\",\"ner\":\"O\"},{\"orth\":\"Oslo\",\"ner\":\"U-city\"}]}],\"cats\":[{\"label\":\"a\",\"value\":1.0}]}]}]"),
        ("data.csv", "text,label\n\"a, \"\"b\"\"\nc\",x\nplain,y\n"),
        ("data.tsv", "label\ttext\nx\tone\ny\ttwo\n"),
        ("dataset.json", "{\"task\":\"joint\",\"tagScheme\":\"IOB2\",\"validation\":{\"maxRecordBytes\":100,\"severities\":{\"leakage\":\"error\"}}}"),
    ];

    public static async Task RunAsync(int count, int seed)
    {
        var start = Stopwatch.GetTimestamp();
        var (accepted, slowest, slowestTime) = (0, 0, TimeSpan.Zero);
        for (var number = 0; number < count; number++)
        {
            var (isAccepted, time) = await CheckAsync(seed, number);
            accepted += isAccepted ? 1 : 0;
            if (time > slowestTime)
            {
                (slowest, slowestTime) = (number, time);
            }
        }

        // Again, now that all code is compiled: whether the input was slow, or what happened beside it.
        var (_, again) = await CheckAsync(seed, slowest);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{count} inputs of seed {seed}: no exception, {accepted} accepted, {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s; slowest {slowestTime.TotalMilliseconds:F0} ms of processor time (input {slowest}; {again.TotalMilliseconds:F1} ms again)"));
    }

    private static async Task<(bool IsAccepted, TimeSpan Time)> CheckAsync(int seed, int number)
    {
        var (name, content) = Input(new Random(HashCode(seed, number)));
        DatasetFile[] files = [new(name, content.Length, _ => Task.FromResult<Stream>(new MemoryStream(content)))];
        var before = Environment.CpuUsage.TotalTime; // a suspended or crowded machine slows no input down
        bool isAccepted;
        try
        {
            isAccepted = (await DatasetGate.CheckAsync("fuzz", files)).Accepted;
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"Input {number} of seed {seed}, {name}: {Convert.ToBase64String(content)}", e);
        }

        var time = Environment.CpuUsage.TotalTime - before;
        return time <= Slow ? (isAccepted, time) : throw new TimeoutException($"Input {number} of seed {seed} took {time}.");
    }

    /// <summary>Pure noise, or a seed with up to eight bytes changed, removed, repeated or exchanged for telling ones.</summary>
    private static (string Name, byte[] Content) Input(Random random)
    {
        var (name, text) = Seeds[random.Next(Seeds.Length)];
        if (random.Next(8) == 0)
        {
            var noise = new byte[random.Next(400)];
            random.NextBytes(noise);
            return (random.Next(4) == 0 ? "data.parquet" : name, noise);
        }

        var content = Encoding.UTF8.GetBytes(text).ToList();
        for (var left = random.Next(1, 9); left > 0 && content.Count > 0; left--)
        {
            var place = random.Next(content.Count);
            switch (random.Next(5))
            {
                case 0:
                    content[place] = (byte)random.Next(256);
                    break;
                case 1:
                    content.RemoveRange(place, random.Next(Math.Min(20, content.Count - place)));
                    break;
                case 2:
                    content.InsertRange(place, content.GetRange(place, random.Next(Math.Min(20, content.Count - place))));
                    break;
                default:
                    content[place] = (byte)"\n\r\t \"'\\{}[],:#-0919-OBIe\0"[random.Next(25)];
                    break;
            }
        }

        return (name, [.. content]);
    }

    private static int HashCode(int seed, int number) => unchecked((seed * 486187739) + number);
}
