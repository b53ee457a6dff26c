using Droptune.Core.Jobs;
using Droptune.Core.Text.WordPiece;
using Droptune.TrainingJob.Checkpoints;
using Droptune.TrainingJob.Model;
using Droptune.TrainingJob.Training;
using Droptune.TrainingJob.Training.Data;
using Droptune.TrainingJob.Training.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Droptune.TrainingJob.Tests.Training.Optimizer;

/// <summary>What a GPU trains by, run on the CPU: it must learn what the CPU's own way does.</summary>
public sealed class FlatOptimizerTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"dropout":0.1,"pieceDropout":0.1,"mentionSwap":0.3}""")]
    [InlineData("""{"gradientClip":0.1,"weightDecay":0.5}""")]
    [InlineData("""{"gradientAccumulation":3}""")]
    [InlineData("""{"frozenLayers":1}""")]
    [InlineData("""{"frozenLayers":2}""")]
    [InlineData("""{"layerDecay":0.5}""")]
    [InlineData("""{"layerDecay":0.5,"frozenLayers":1,"averageDecay":0.9}""")]
    [InlineData("""{"focalGamma":2,"classWeights":"inverse","labelSmoothing":0.1}""")]
    public void Train_Flat_EndsWhereTheCpusOwnWayEnds(string json)
    {
        var options = JsonSerializer.Deserialize<Optimisation>(json, DroptuneJson.Compact)! with
        {
            Epochs = 4,
            LearningRate = 1e-3,
            BatchTokens = 128,
            EarlyStopping = new("loss", 100),
        };
        options = options with { Dropout = options.Dropout ?? 0, PieceDropout = options.PieceDropout ?? 0, MentionSwap = options.MentionSwap ?? 0 };

        var (expected, _, _, byWeight) = TrainerTests.Train([.. Some.Examples(96, 1)], options);
        var (actual, _, _, flat) = TrainerTests.Train([.. Some.Examples(96, 1)], options, flat: true);

        Assert.Equal(byWeight.BestEpoch, flat.BestEpoch);
        Assert.All(byWeight.Curve.Zip(flat.Curve), pair => Assert.Equal(pair.First.Loss, pair.Second.Loss, 1e-4 * pair.First.Loss));
        Assert.All(expected.Weights.All, weight =>
            Assert.InRange((weight.Value - actual.Weights[weight.Name]).abs().max().item<float>(), 0, 1e-4));
    }

    [Fact]
    public void Train_FlatAndOutOfMemoryOnce_GoesOnWithHalvedBatchesToTheSameModel()
    {
        var examples = Enumerable.Repeat(Some.Examples(1, 1).Single(), 16).ToArray();
        var options = new Optimisation { Epochs = 4, LearningRate = 1e-3, BatchTokens = 64, Dropout = 0, PieceDropout = 0, JoinedTexts = 0, EarlyStopping = new("loss", 100) };

        var (expected, _, _, whole) = TrainerTests.Train(examples, options, flat: true);
        var (actual, _, _, halved) = TrainerTests.Train(examples, options, objective => new TrainerTests.SmallMemory(objective, failsAt: 2, failures: 1), flat: true);

        Assert.Equal(whole.Curve.Select(epoch => epoch.Step), halved.Curve.Select(epoch => epoch.Step));
        Assert.All(expected.Weights.All, weight =>
            Assert.InRange((weight.Value - actual.Weights[weight.Name]).abs().max().item<float>(), 0, 1e-4));
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Restore_CheckpointOfTheOtherWay_GoesOnFromThere(bool first, bool second)
    {
        var folder = Directory.CreateTempSubdirectory("droptune flat ");
        var examples = Some.Examples(96, 1).ToArray();
        var options = new Optimisation
        {
            Epochs = 4,
            LearningRate = 1e-3,
            BatchTokens = 128,
            Dropout = 0,
            PieceDropout = 0,
            MentionSwap = 0,
            JoinedTexts = 0,
            EarlyStopping = new("loss", 100),
        };
        var checkpoint = new Checkpoint(folder.FullName, "training", "some", TimeSpan.FromHours(1), TimeProvider.System, null);
        var (expected, _, _, whole) = TrainerTests.Train(examples, options);

        // The last step of the second epoch is the last that succeeds.
        Assert.Throws<InvalidOperationException>(() => TrainerTests.Train(
            examples, options, objective => new TrainerTests.SmallMemory(objective, whole.Curve[1].Step + 1, failures: 100), checkpoint: checkpoint, flat: first));
        var (actual, _, _, outcome) = TrainerTests.Train(examples, options, checkpoint: checkpoint, flat: second);

        folder.Delete(recursive: true);
        Assert.Equal(whole.Curve.Select(epoch => epoch.Step), outcome.Curve.Select(epoch => epoch.Step));
        Assert.All(expected.Weights.All, weight =>
            Assert.InRange((weight.Value - actual.Weights[weight.Name]).abs().max().item<float>(), 0, 1e-4));
    }

    [Fact]
    public void Train_MaskedLanguage_EndsWhereTheCpusOwnWayEnds()
    {
        var expected = Pretrain(flat: false);

        var actual = Pretrain(flat: true);

        Assert.All(expected.All, weight => Assert.InRange((weight.Value - actual[weight.Name]).abs().max().item<float>(), 0, 1e-4));
    }

    private static BertWeights Pretrain(bool flat)
    {
        var examples = Some.Examples(64, 1).ToArray();
        var options = new Optimisation { Epochs = 3, LearningRate = 1e-3, BatchTokens = 128, Dropout = 0, EarlyStopping = null }.For(new());
        var tokenizer = new WordPieceTokenizer(WordPieceTrainer.Train(examples, new(), 200), new());
        var texts = EncodedSplit.Of(examples.Select(e => (e, EncodedSplit.Tokenize(e, tokenizer))), tokenizer, null, null, 32);
        var config = TrainerTests.Config(tokenizer.Vocabulary.Count) with { HiddenDropoutProb = 0, AttentionProbsDropoutProb = 0 };
        manual_seed(1);
        var weights = new BertWeights(config, CPU, language: true);
        using var trainer = new Trainer(
            new BertModel(config, weights), new MaskedLanguageObjective(tokenizer, 0.15, CPU), texts, options,
            new(CPU, tokenizer.PadId, TimeProvider.System, new(new Some.Progress(), TimeProvider.System), null) { IsFlat = flat });
        trainer.Train(TestContext.Current.CancellationToken);
        return weights;
    }
}
