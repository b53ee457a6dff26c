using Droptune.Core.Jobs;
using Droptune.Core.Text.WordPiece;
using Droptune.TrainingJob.Model;
using Droptune.TrainingJob.Training.Data;
using Droptune.TrainingJob.Training.Objectives;

using static TorchSharp.torch;

namespace Droptune.TrainingJob.Tests.Training.Objectives;

public sealed class TaskLossTests
{
    // Three texts of two classes; probabilities of the right class 0.8, 0.6 and 0.3.
    private static readonly double[] Right = [0.8, 0.6, 0.3];
    private static readonly int[] Labels = [0, 0, 1];

    [Fact]
    public void Of_Plain_IsTheMeanCrossEntropy() =>
        AssertLoss(new(), Right.Average(p => -Math.Log(p)));

    [Fact]
    public void Of_LabelSmoothing_MovesAPartToEveryClass() =>
        AssertLoss(new() { LabelSmoothing = 0.1 }, Right.Average(p => -(0.95 * Math.Log(p)) - (0.05 * Math.Log(1 - p))));

    [Fact]
    public void Of_Focal_CountsWhatIsKnownLess() =>
        AssertLoss(new() { FocalGamma = 2 }, Right.Average(p => -Math.Pow(1 - p, 2) * Math.Log(p)));

    [Fact]
    public void Of_InverseFrequency_EveryClassCountsTheSame()
    {
        // Two of class 0 and one of class 1: weights 0.75 and 1.5.
        var expected = Right.Zip(Labels, (p, label) => -Math.Log(p) * (label == 0 ? 0.75 : 1.5)).Sum() / (0.75 + 0.75 + 1.5);

        AssertLoss(new() { ClassWeights = "inverse" }, expected);
    }

    [Fact]
    public void Of_InverseFrequencyAndFocal_Combine()
    {
        var expected = Right.Zip(Labels, (p, label) => -(1 - p) * Math.Log(p) * (label == 0 ? 0.75 : 1.5)).Sum() / (0.75 + 0.75 + 1.5);

        AssertLoss(new() { ClassWeights = "inverse", FocalGamma = 1 }, expected);
    }

    [Fact]
    public void Of_JoinedTexts_LearnsTheirTagsAndNoLabel()
    {
        using var scope = NewDisposeScope();
        using var loss = new TaskLoss(new(), null, null, CPU);
        var split = new EncodedSplit();
        split.Add([2, 5, 3], [EncodedSplit.Ignored, 1, EncodedSplit.Ignored], EncodedSplit.Ignored);
        var (tags, text) = (zeros(1, 3, 2).requires_grad_(), ones(1, 2).requires_grad_());

        var value = loss.Of(new Logits(tags, text), new(split, [0], 0), CPU);
        value.backward();

        Assert.Equal(Math.Log(2), value.item<float>(), 1e-5);
        Assert.Equal((0f, true), (text.grad!.abs().sum().item<float>(), tags.grad!.abs().sum().item<float>() > 0));
    }

    [Fact]
    public void ClassWeights_EffectiveNumber_LiesBetweenNoneAndInverse()
    {
        long[] counts = [100_000, 1_000, 0];

        var inverse = ClassWeights.Of("inverse", counts)!;
        var effective = ClassWeights.Of("effective", counts)!;

        Assert.Equal(100, inverse[1] / inverse[0], 1e-3);
        Assert.InRange(effective[1] / effective[0], 2, 20);
        Assert.Equal(1, effective[2]);
        Assert.Equal(101_000, (effective[0] * 100_000) + (effective[1] * 1_000), 1.0);
    }

    // Three texts of two labels that hold by themselves, and one of which nothing is known: the logits, and what holds.
    private static readonly double[,] Logits = { { 2, -1 }, { 0.5, 0.25 }, { -0.75, 1.5 }, { 9, 9 } };
    private static readonly string[]?[] Held = [["0", "1"], [], ["1"], null];

    [Theory]
    [InlineData("none", 0, 0)]
    [InlineData("none", 0, 0.1)]
    [InlineData("none", 2, 0)]
    [InlineData("inverse", 0, 0)]
    [InlineData("effective", 1, 0.2)]
    public void Of_SeveralLabels_IsTheBinaryCrossEntropyOfEach(string classWeights, double focalGamma, double labelSmoothing)
    {
        var options = new Optimisation { ClassWeights = classWeights, FocalGamma = focalGamma, LabelSmoothing = labelSmoothing };
        var weights = ClassWeights.Of(options.ClassWeights, [1, 2]) ?? [1, 1];
        var (expected, gradient) = (0.0, new double[4, 2]);
        for (var text = 0; text < 3; text++)
        {
            for (var label = 0; label < 2; label++)
            {
                var (p, holds) = (1 / (1 + Math.Exp(-Logits[text, label])), Held[text]!.Contains($"{label}") ? 1.0 : 0);
                var target = (holds * (1 - options.LabelSmoothing)) + (options.LabelSmoothing / 2);
                var focus = Math.Pow(Math.Abs(p - holds), options.FocalGamma);
                expected -= focus * ((weights[label] * target * Math.Log(p)) + ((1 - target) * Math.Log(1 - p))) / 3;
                gradient[text, label] = focus * (((1 - target) * p) - (weights[label] * target * (1 - p))) / 3;
            }
        }

        using var scope = NewDisposeScope();
        var (batch, combinations) = FourTexts();
        using var loss = new TaskLoss(options, null, [1, 2], CPU, combinations);
        var logits = tensor([.. Logits.Cast<double>().Select(x => (float)x)], [4, 2]).requires_grad_();
        var value = loss.Of(new(null, logits), batch, CPU);
        value.backward();

        Assert.Equal(expected, value.item<float>(), 1e-5);
        Assert.All(gradient.Cast<double>().Zip(logits.grad!.data<float>()), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Fact]
    public void LabelCombinations_OfASplit_CountEachLabel()
    {
        var (_, combinations) = FourTexts();

        Assert.Equal([0, 1], combinations[combinations.Of(["1", "0", "1", "unknown"])]);
        Assert.Equal(combinations.Of([]), combinations.Of(["unknown"]));
        Assert.Equal([1, 2], combinations.CountLabels(Split(combinations)));
    }

    private static (Batch Batch, LabelCombinations Combinations) FourTexts()
    {
        var combinations = new LabelCombinations(new(["0", "1"]));
        return (new(Split(combinations), [0, 1, 2, 3], 0), combinations);
    }

    private static EncodedSplit Split(LabelCombinations combinations)
    {
        var tokenizer = new WordPieceTokenizer(new Vocabulary(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "x"]), new());
        var examples = Held.Select(labels => new Example { Text = "x", Labels = labels });
        return EncodedSplit.Of(examples.Select(e => (e, EncodedSplit.Tokenize(e, tokenizer))), tokenizer, null, new(["0", "1"]), 8, combinations);
    }

    private static void AssertLoss(Optimisation options, double expected)
    {
        using var scope = NewDisposeScope();
        using var loss = new TaskLoss(options, null, [2, 1], CPU);
        var logits = tensor(Right.Zip(Labels).SelectMany(x => x.Second == 0 ? [Math.Log(x.First), Math.Log(1 - x.First)] : new[] { Math.Log(1 - x.First), Math.Log(x.First) })
            .Select(x => (float)x).ToArray(), [3, 2]).requires_grad_();

        var value = loss.Of(new Logits(null, logits), ThreeTexts(), CPU);

        Assert.Equal(expected, value.item<float>(), 1e-5);
        value.backward();
        Assert.True(logits.grad!.abs().sum().item<float>() > 0);
    }

    private static Batch ThreeTexts()
    {
        var tokenizer = new WordPieceTokenizer(new Vocabulary(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "x"]), new());
        var examples = Labels.Select(label => new Example { Text = "x", Label = $"{label}" });
        var split = EncodedSplit.Of(examples.Select(e => (e, EncodedSplit.Tokenize(e, tokenizer))), tokenizer, null, new(["0", "1"]), 8);
        return new(split, [0, 1, 2], tokenizer.PadId);
    }
}
