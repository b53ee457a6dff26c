using System.IO.Compression;
using Droptune.Core.Jobs;
using Droptune.Core.Runs;

namespace Droptune.TrainingJob.Tests.Training;

/// <summary>A dataset that a small model learns in seconds: two intents, two kinds of entities.</summary>
internal static class Some
{
    private static readonly string[] Cities = ["paris", "rome", "oslo", "new york", "cairo", "lima"];
    private static readonly string[] Things = ["lamp", "red chair", "kettle", "desk", "phone", "blue sofa"];

    public static IEnumerable<Example> Examples(int count, int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            var travel = random.Next(2) == 0;
            var name = travel ? random.GetItems(Cities, 1)[0] : random.GetItems(Things, 1)[0];
            string[] before = travel ? ["book", "a", "flight", "to"] : ["i", "want", "to", "buy", "a"];
            var words = name.Split(' ');
            yield return new()
            {
                Tokens = [.. before, .. words, "please"],
                Tags = [.. before.Select(_ => "O"), .. words.Select((_, w) => (w == 0 ? "B-" : "I-") + (travel ? "city" : "product")), "O"],
                Label = travel ? "travel" : "shop",
            };
        }
    }

    /// <summary>The same wishes, two in one sentence, or none.</summary>
    public static IEnumerable<Example> MultiLabelExamples(int count, int seed)
    {
        var (random, single) = (new Random(seed), Examples(2 * count, seed).ToArray());
        for (var i = 0; i < count; i++)
        {
            Example[] wishes = random.Next(4) == 0 ? [] : [.. single.Skip(2 * i).Take(random.Next(1, 3))];
            yield return new()
            {
                Tokens = ["hello", .. wishes.SelectMany(wish => wish.Tokens!)],
                Tags = ["O", .. wishes.SelectMany(wish => wish.Tags!)],
                Labels = [.. wishes.Select(wish => wish.Label!).Distinct().Order()],
            };
        }
    }

    /// <summary>A snapshot folder of such examples.</summary>
    public static string Snapshot(string folder, int train = 128, int dev = 24) =>
        Snapshot(folder, Examples(train, 1), Examples(dev, 2), Examples(dev, 3));

    public static string Snapshot(string folder, IEnumerable<Example> train, IEnumerable<Example> dev, IEnumerable<Example> test)
    {
        Directory.CreateDirectory(folder);
        Write("train", train);
        Write("dev", dev);
        Write("test", test);
        return folder;

        void Write(string split, IEnumerable<Example> examples)
        {
            using var file = new StreamWriter(new GZipStream(File.Create(Path.Combine(folder, $"{split}.jsonl.gz")), CompressionLevel.Fastest));
            foreach (var example in examples)
            {
                file.Write(JsonSerializer.Serialize(example, DroptuneJson.Compact) + "\n");
            }
        }
    }

    public static JobSpec Spec(TaskKind task = TaskKind.Joint) => new()
    {
        Model = "some",
        Base = new() { Size = "tiny" },
        Dataset = new("some", "0123456789ab"),
        Task = task,
        Optimisation = new() { Epochs = 12, BatchTokens = 128, LearningRate = 2e-3, MaxLength = 32, JoinedTexts = 0 },
    };

    public sealed class Progress : IProgress<RunProgress>
    {
        public List<RunProgress> All { get; } = [];

        public void Report(RunProgress value) => All.Add(value);
    }
}
