using System.Text.Json.Nodes;
using Droptune.Core.Jobs;
using Droptune.Core.Labels;
using Droptune.Core.Models;
using Droptune.Core.Text.WordPiece;
using Droptune.TrainingJob.Checkpoints;
using Droptune.TrainingJob.Model;
using Droptune.TrainingJob.Training;
using Droptune.TrainingJob.Training.Data;
using Droptune.TrainingJob.Training.Objectives;
using Droptune.TrainingJob.Training.Optimizer;
using Droptune.TrainingJob.Training.Optimizer.Cpu;
using TorchSharp;
using static TorchSharp.torch;

namespace Droptune.TrainingJob.Tests.Training;

public sealed class TrainerTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(0.9)]
    public void Train_BestEpochIsNotTheLast_OutcomeHasTheScoresOfTheWeightsThatWereKept(double averageDecay)
    {
        var examples = Some.Examples(96, 1).ToArray();

        var (model, dev, loss, outcome) = Train(examples, new() { Epochs = 20, LearningRate = 1e-2, Schedule = "constant", BatchTokens = 128, JoinedTexts = 0, AverageDecay = averageDecay, EarlyStopping = new("loss", 100) });

        Assert.InRange(outcome.BestEpoch, 1, 19);
        Assert.Equal(dev.Evaluate(model, loss, CPU).Named().ToDictionary(), outcome.Dev);
        Assert.NotEqual(outcome.Curve[^1].Dev, outcome.Dev);
    }

    [Fact]
    public void Train_GradientsOfTwoBatchesOfTheSameText_AreOneStepAsOfOneBatch()
    {
        var examples = Enumerable.Repeat(Some.Examples(1, 1).Single(), 16).ToArray();
        // Adam takes no notice of the gradient's size; the clip does, which holds in the first steps and not in the last.
        var options = new Optimisation { GradientClip = 2, LearningRate = 1e-3, BatchTokens = 32, Dropout = 0, PieceDropout = 0, MentionSwap = 0, JoinedTexts = 0, EarlyStopping = new("loss", 100) };

        var (single, _, _, all) = Train(examples, options with { Epochs = 8 });
        var (accumulated, _, _, half) = Train(examples, options with { Epochs = 16, GradientAccumulation = 2 });

        Assert.Equal(all.Curve[0].Step, 2 * half.Curve[0].Step);
        Assert.Equal((8, 16), (all.BestEpoch, half.BestEpoch)); // by the loss, so that both keep their last weights
        Assert.All(single.Weights.All.Zip(accumulated.Weights.All), pair =>
            Assert.InRange((pair.First.Value - pair.Second.Value).abs().max().item<float>(), 0, 1e-4));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Train_OutOfMemoryOnce_GoesOnWithHalvedBatchesToTheSameModel(int accumulation)
    {
        var examples = Enumerable.Repeat(Some.Examples(1, 1).Single(), 16).ToArray();
        var options = new Optimisation
        {
            Epochs = 8,
            GradientClip = 2,
            LearningRate = 1e-3,
            BatchTokens = 32,
            GradientAccumulation = accumulation,
            Dropout = 0,
            PieceDropout = 0,
            JoinedTexts = 0,
            EarlyStopping = new("loss", 100),
        };
        var progress = new Some.Progress();

        var (whole, _, _, expected) = Train(examples, options);
        var (halved, _, _, outcome) = Train(examples, options, objective => new SmallMemory(objective, failsAt: 2, failures: 1), progress);

        Assert.Equal(expected.Curve.Select(epoch => epoch.Step), outcome.Curve.Select(epoch => epoch.Step));
        Assert.All(expected.Curve.Zip(outcome.Curve), pair => Assert.Equal(pair.First.Loss, pair.Second.Loss, 1e-4));
        Assert.All(whole.Weights.All.Zip(halved.Weights.All), pair =>
            Assert.InRange((pair.First.Value - pair.Second.Value).abs().max().item<float>(), 0, 1e-4));
        Assert.Contains(progress.All, p => p.Note == "memory is too small: each batch in 2 parts");
    }

    [Theory]
    [InlineData(3, "for a batch of one text")]
    [InlineData(null, "to measure on dev")]
    public void Train_OutOfMemoryForGood_KeepsACheckpointAndSaysWhatToDo(int? failsAt, string what)
    {
        var folder = Directory.CreateTempSubdirectory("droptune memory ");
        var checkpoint = new Checkpoint(folder.FullName, "training", "some", TimeSpan.FromHours(1), TimeProvider.System, null);
        var options = new Optimisation { Epochs = 2, LearningRate = 1e-3, BatchTokens = 128 };

        var error = Assert.Throws<InvalidOperationException>(() => Train(
            [.. Some.Examples(64, 1)], options, objective => new SmallMemory(objective, failsAt, failures: 100), checkpoint: checkpoint));

        var state = JsonNode.Parse(File.ReadAllText(Path.Combine(folder.FullName, "training.json")))!["state"]!;
        folder.Delete(recursive: true);
        Assert.StartsWith($"Memory is too small {what}: try a smaller maxLength", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, (int)state["epoch"]!);
        Assert.Equal((int)state["batches"]!, state["rates"]!.AsArray().Count);
        Assert.Equal(failsAt is null, (int)state["batches"]! > 2);
    }

    [Fact]
    public void Train_Float16StepThatOverflows_IsSkippedAndHalvesTheScale()
    {
        var options = new Optimisation { Epochs = 2, LearningRate = 1e-3, BatchTokens = 128 };

        var (model, _, _, outcome) = Train(
            [.. Some.Examples(64, 1)], options, objective => new Overflowing(objective, from: 3, until: 4), precision: ScalarType.Float16);

        Assert.Equal((16384, 2), (outcome.LossScale!.Scale, outcome.LossScale.Skipped));
        Assert.Equal(outcome.Curve[1].Step - outcome.Curve[0].Step, outcome.Curve[0].Step + 2);
        Assert.All(outcome.Curve, epoch => Assert.True(double.IsFinite(epoch.Loss)));
        Assert.All(model.Weights.All, weight => Assert.True(weight.Value.isfinite().all().item<bool>()));
    }

    [Fact]
    public void Train_Float16ThatAlwaysOverflows_SaysWhatToDo()
    {
        var options = new Optimisation { Epochs = 100, LearningRate = 1e-3, BatchTokens = 128 };

        var error = Assert.Throws<InvalidOperationException>(() => Train(
            [.. Some.Examples(64, 1)], options, objective => new Overflowing(objective, from: 1, until: int.MaxValue), precision: ScalarType.Float16));

        Assert.Contains("or precision float32", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Restore_StateOfAnEarlierVersion_HasItsDefaults()
    {
        var state = JsonSerializer.Deserialize<TrainingState>("""{"epoch":2,"batches":1,"rates":[0.001]}""", DroptuneJson.Compact)!;
        TrainingState? restored = null;

        Train([.. Some.Examples(64, 1)], new() { Epochs = 2, LearningRate = 1e-3, BatchTokens = 128 }, precision: ScalarType.Float16, prepare: trainer =>
        {
            trainer.Restore(state, trainer.Tensors().ToDictionary(t => t.Name, t => t.Value));
            restored = trainer.State with { }; // it goes on
        });

        Assert.Equal(2, restored!.Epoch);
        Assert.Equal(1, restored.Parts);
        Assert.Equal(0, restored.LossScale!.Skipped);
    }

    [Fact]
    public void WeightAverage_Add_FollowsFastAtFirstThenByTheDecay()
    {
        var config = Config(100);
        using var model = new BertModel(config, new BertWeights(config, CPU));
        using var optimizer = new CpuOptimizer(model, new Optimisation().For(new()), usesAllWords: false);
        using var average = new WeightAverage(model.Weights, 0.5);
        var start = model.Weights.All[0].Value.clone();

        Move(by: 1);
        average.Add(optimizer, step: 1);
        var first = Moved();
        Move(by: 1);
        average.Add(optimizer, step: 1000);

        Assert.Equal(1 - (2.0 / 11), first, 1e-5);
        Assert.Equal((first + 2) / 2, Moved(), 1e-5);

        double Moved() => (average.Weights.All[0].Value - start).mean().item<float>();

        void Move(float by)
        {
            using var withoutGradient = no_grad();
            model.Weights.All[0].Value.add_(by);
        }
    }

    internal static (BertModel Model, DevSet Dev, TaskLoss Loss, TrainingOutcome Outcome) Train(
        Example[] examples, Optimisation options, Func<IObjective, IObjective>? change = null, Some.Progress? progress = null,
        Checkpoint? checkpoint = null, ScalarType precision = ScalarType.Float32, Action<Trainer>? prepare = null, bool flat = false)
    {
        options = (options with { MaxLength = 32 }).For(new());
        var tokenizer = new WordPieceTokenizer(WordPieceTrainer.Train(Some.Examples(96, 1), new(), 200), new());
        var (tags, labels) = (LabelSet.OfTags(examples), LabelSet.OfTexts(examples));
        var train = EncodedSplit.Of(examples.Select(e => (e, EncodedSplit.Tokenize(e, tokenizer))), tokenizer, tags, labels, options.MaxLength);
        var config = Config(tokenizer.Vocabulary.Count).WithLabels(TaskKind.Joint, tags.Names, labels.Names) with
        {
            HiddenDropoutProb = options.Dropout!.Value,
            AttentionProbsDropoutProb = options.Dropout.Value,
        };
        manual_seed(1);
        var model = new BertModel(config, new BertWeights(config, CPU)) { Precision = precision };
        var dev = new DevSet(examples.Take(24), tokenizer, tags, labels, options.MaxLength);
        var loss = new TaskLoss(options, train.CountTags(tags.Count), train.CountTextLabels(labels.Count), CPU);
        var swap = options.MentionSwap > 0 ? new MentionSwap(train, tags, options.MentionSwap.Value, options.MaxLength) : null;
        IObjective objective = new TaskObjective(loss, dev, swap, new(options.JoinedTexts!.Value, options.MaxLength), new(tokenizer, options.PieceDropout!.Value), CPU);
        using var trainer = new Trainer(
            model, change?.Invoke(objective) ?? objective, train, options,
            new(CPU, tokenizer.PadId, TimeProvider.System, new(progress ?? new Some.Progress(), TimeProvider.System), checkpoint) { IsFlat = flat });
        prepare?.Invoke(trainer);
        return (model, dev, loss, trainer.Train(TestContext.Current.CancellationToken));
    }

    internal static ModelConfig Config(int vocabulary) => new()
    {
        VocabSize = vocabulary,
        HiddenSize = 64,
        NumHiddenLayers = 1,
        NumAttentionHeads = 1,
        IntermediateSize = 128,
    };

    /// <summary>Has a gradient that is no number in some steps, 1-based.</summary>
    private sealed class Overflowing(IObjective inner, int from, int until) : IObjective
    {
        private int _losses;

        public bool UsesAllWords => inner.UsesAllWords;

        public void Prepare(Batch batch, Random random) => inner.Prepare(batch, random);

        public Tensor Loss(BertModel model, Tensor hidden, Batch batch) =>
            inner.Loss(model, hidden, batch) * (++_losses >= from && _losses <= until ? double.PositiveInfinity : 1);

        public DevScores? Evaluate(BertModel model) => inner.Evaluate(model);
    }

    /// <summary>Fails as libtorch does where memory is too small: from a loss on (1-based), or when dev is measured.</summary>
    internal sealed class SmallMemory(IObjective inner, int? failsAt, int failures) : IObjective
    {
        internal const long MoreThanThereIs = 1L << 50; // numbers

        private int _losses;
        private int _left = failures;

        public bool UsesAllWords => inner.UsesAllWords;

        public void Prepare(Batch batch, Random random) => inner.Prepare(batch, random);

        public Tensor Loss(BertModel model, Tensor hidden, Batch batch) =>
            ++_losses >= failsAt && _left-- > 0 ? empty(MoreThanThereIs) : inner.Loss(model, hidden, batch);

        public DevScores? Evaluate(BertModel model) =>
            failsAt is null ? throw new InvalidOperationException($"allocated {empty(MoreThanThereIs)}") : inner.Evaluate(model);
    }
}
