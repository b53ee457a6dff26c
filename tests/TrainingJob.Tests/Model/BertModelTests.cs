using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Droptune.TrainingJob.Tests.Model;

public sealed class BertModelTests
{
    private const float Tolerance = 1e-5f;

    [Theory]
    [InlineData("model.safetensors", Tolerance)]
    [InlineData("model.fp16.safetensors", 0.02f)] // weights rounded to 11 bits
    [InlineData("model.bf16.safetensors", 0.1f)] // to 8 bits
    public void Heads_TagsOfEveryCase_AreHuggingFaces(string file, float tolerance)
    {
        using var scope = NewDisposeScope();
        using var folder = ReferenceModel.ForTags(file);
        using var model = folder.Load();

        foreach (var expected in ReferenceModel.Cases)
        {
            using var _ = no_grad();
            var hidden = expected.Encode(model);
            var logits = model.Heads(hidden).Tags!;
            var loss = F.cross_entropy(logits.flatten(0, 1), expected.FlatLabels()).item<float>();

            AssertRows(expected, expected.LastHidden, hidden, tolerance);
            AssertRows(expected, expected.TokenLogits, logits, tolerance);
            Assert.Equal(expected.TokenLoss, loss, tolerance);
        }
    }

    [Fact]
    public void Heads_TextLabelsOfEveryCase_AreHuggingFaces()
    {
        using var scope = NewDisposeScope();
        using var folder = ReferenceModel.ForTexts();
        using var model = folder.Load();

        foreach (var expected in ReferenceModel.Cases)
        {
            using var _ = no_grad();
            var hidden = expected.Encode(model);
            var pooled = model.Pool(hidden);
            var logits = model.Heads(hidden).Text!;
            var loss = F.cross_entropy(logits, tensor(expected.SequenceLabels)).item<float>();

            AssertRow(expected.Pooled, pooled, Tolerance);
            AssertRow(expected.SequenceLogits, logits, Tolerance);
            Assert.Equal(expected.SequenceLoss, loss, Tolerance);
        }
    }

    [Theory]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float16)]
    public void Heads_SixteenBits_RoundWhatTrainsAndNothingThatIsMeasured(ScalarType precision)
    {
        using var scope = NewDisposeScope();
        using var folder = ReferenceModel.ForTags();
        using var model = folder.Load();
        var config = model.Config with { HiddenDropoutProb = 0, AttentionProbsDropoutProb = 0 };
        using var rounded = new Droptune.TrainingJob.Model.BertModel(config, model.Weights) { Precision = precision, Rounded = model.Weights.To(precision) };

        Assert.Equal(0, Difference());
        rounded.Training = true;
        Assert.InRange(Difference(), 1e-6f, 0.2f);

        float Difference()
        {
            using var _ = no_grad();
            var expected = ReferenceModel.Cases[10];
            var (here, there) = (rounded.Heads(expected.Encode(rounded)).Tags!, model.Heads(expected.Encode(model)).Tags!);
            return (here - there).abs().max().item<float>();
        }
    }

    private static void AssertRows(ReferenceCase batch, float[][][] expected, Tensor actual, float tolerance)
    {
        for (var row = 0; row < expected.Length; row++)
        {
            AssertRow(expected[row][..batch.Lengths[row]], actual[row], tolerance); // padded rows have no meaning
        }
    }

    private static void AssertRow(float[][] expected, Tensor actual, float tolerance)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            var values = actual[i].to(ScalarType.Float32).data<float>().ToArray();
            for (var j = 0; j < expected[i].Length; j++)
            {
                Assert.Equal(expected[i][j], values[j], tolerance);
            }
        }
    }
}
