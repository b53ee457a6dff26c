using System.Diagnostics;
using Droptune.Core.Jobs;
using Droptune.Core.Labels;
using Droptune.Core.Models;
using Droptune.Core.Runs;
using Droptune.Core.Text.WordPiece;
using Droptune.TrainingJob.Model;
using Droptune.TrainingJob.Training;
using Droptune.TrainingJob.Training.Data;
using Droptune.TrainingJob.Training.Objectives;
using static TorchSharp.torch;

namespace Droptune.Bench.Training;

/// <summary>The product's own training loop, and beside it in the same process what the machine's matrix products give.</summary>
internal static class TrainingRun
{
    private const int Side = 1024;

    /// <summary>Trains a token classifier and prints the rates of all epochs but the first, which sets much up.</summary>
    public static void Print(IReadOnlyList<Example> examples, string vocabularyPath, string size, int batchTokens, int epochs)
    {
        var tokenizer = new WordPieceTokenizer(Vocabulary.ReadText(vocabularyPath), new());
        var tags = LabelSet.OfTags(examples);
        var train = Encode(examples);
        var options = new Optimisation { Epochs = epochs, BatchTokens = batchTokens, LearningRate = 5e-4, EarlyStopping = null }.For(new BaseModel());
        var config = Config(size, tokenizer, tags, options);
        using var model = new BertModel(config, new BertWeights(config, CPU));

        var products = new BareProducts();
        var dev = new DevSet(examples.Take(16), tokenizer, tags, null, options.MaxLength);
        using var loss = new TaskLoss(options, train.CountTags(tags.Count), null, CPU);
        using var trainer = new Trainer(
            model, new TaskObjective(loss, dev, null, null, new(tokenizer, 0), CPU), train, options,
            new(CPU, tokenizer.PadId, TimeProvider.System, new(products, TimeProvider.System), null));
        var curve = trainer.Train(default).Curve.Skip(1).ToArray();

        var seconds = curve.Sum(epoch => epoch.Seconds);
        var tokensPerSecond = (double)train.Tokens * curve.Length / seconds;
        var parameters = model.Weights.All.Where(w => !w.Name.EndsWith("_embeddings.weight", StringComparison.Ordinal)).Sum(w => w.Value.numel());
        var padded = BatchPlan.Of(train, batchTokens, new Random(1)).Sum(batch => batch.Length * batch.Max(train.Length));

        // Products were measured after each epoch: each but the first has some on both sides.
        var matrix = curve.Select((_, i) => (products.Flops[i] + products.Flops[i + 1]) / 2).ToArray();
        var ofMatrix = curve.Zip(matrix, (epoch, flops) => 6 * parameters * epoch.TokensPerSecond / flops).Average();
        Console.WriteLine(JsonSerializer.Serialize(
            new Measurement(
                "droptune", size, "dynamic", batchTokens, (double)train.Count * epochs / trainer.Steps, 1 - ((double)train.Tokens / padded), (double)train.Count * curve.Length / seconds,
                tokensPerSecond, ofMatrix, matrix.Average() / 1e9),
            DroptuneJson.Compact));

        EncodedSplit Encode(IEnumerable<Example> split) => EncodedSplit.Of(
            split.Select(e => (e, EncodedSplit.Tokenize(e, tokenizer))), tokenizer, tags, null, 128);
    }

    private static ModelConfig Config(string size, WordPieceTokenizer tokenizer, LabelSet tags, Optimisation options)
    {
        var (layers, width) = size.Split('x') is [var l, var w] ? (int.Parse(l), int.Parse(w)) : throw new ArgumentException($"{size} is not LAYERSxWIDTH");
        return new ModelConfig
        {
            VocabSize = tokenizer.Vocabulary.Count,
            HiddenSize = width,
            NumHiddenLayers = layers,
            NumAttentionHeads = width / 64,
            IntermediateSize = 4 * width,
            HiddenDropoutProb = options.Dropout!.Value,
            AttentionProbsDropoutProb = options.Dropout.Value,
        }.WithLabels(TaskKind.TokenClassification, tags.Names, []);
    }

    /// <summary>Bare matrix products between the epochs: the machine's state drifts by more than what is to be seen.</summary>
    private sealed class BareProducts : IProgress<RunProgress>
    {
        private DevMetric? _last;

        /// <summary>Floating-point operations a second after each epoch, measured for a second.</summary>
        public List<double> Flops { get; } = [];

        public void Report(RunProgress value)
        {
            if (value.DevMetric is { } metric && !ReferenceEquals(metric, _last))
            {
                _last = metric;
                Flops.Add(Measure());
            }
        }

        private static double Measure()
        {
            using var scope = NewDisposeScope();
            var (left, right) = (rand(Side, Side), rand(Side, Side));
            mm(left, right).Dispose();
            var (start, products) = (Stopwatch.GetTimestamp(), 0);
            while (Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(1))
            {
                mm(left, right).Dispose();
                products++;
            }

            return products * 2.0 * Side * Side * Side / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
    }
}

/// <summary>One training.</summary>
/// <param name="System">Ours or the peer.</param>
/// <param name="Size">Layers × width.</param>
/// <param name="Padding">To one length or to the longest of a batch.</param>
/// <param name="BatchTokens">Largest batch in tokens, padding included.</param>
/// <param name="Rows">Sentences a batch, on average.</param>
/// <param name="Padded">Part of the tokens that is padding; null if not known.</param>
/// <param name="SentencesPerSecond">In training.</param>
/// <param name="TokensPerSecond">Real ones, without padding.</param>
/// <param name="OfMatrix">6 × non-embedding parameters × tokens, as a part of what bare matrix products reach; null if not measured.</param>
/// <param name="MatrixGflops">What those reached.</param>
internal sealed record Measurement(
    string System, string Size, string Padding, int BatchTokens, double Rows, double? Padded, double SentencesPerSecond, double TokensPerSecond,
    double? OfMatrix, double? MatrixGflops);
