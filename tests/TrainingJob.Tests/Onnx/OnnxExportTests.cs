using Droptune.Core.Models;
using Droptune.TrainingJob.Onnx;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Droptune.TrainingJob.Tests.Onnx;

public sealed class OnnxExportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("droptune-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Write_TokenClassifier_GivesTheReferenceLogits()
    {
        using var session = Export(ReferenceBert.Parameters(sequence: false), ReferenceBert.Config(sequence: false), OnnxPrecision.Full);

        foreach (var @case in ReferenceBert.Cases())
        {
            var logits = Run(session, @case.InputIds, @case.AttentionMask)["logits"];

            foreach (var (row, column) in Unmasked(@case))
            {
                AssertClose(@case.TokenLogits[row][column], n => logits[row, column, n]);
            }
        }
    }

    [Fact]
    public void Write_TextClassifier_GivesTheReferenceLogits()
    {
        using var session = Export(ReferenceBert.Parameters(sequence: true), ReferenceBert.Config(sequence: true), OnnxPrecision.Full);

        foreach (var @case in ReferenceBert.Cases())
        {
            var logits = Run(session, @case.InputIds, @case.AttentionMask)["logits"];

            for (var row = 0; row < @case.SequenceLogits.Length; row++)
            {
                AssertClose(@case.SequenceLogits[row], n => logits[row, n]);
            }
        }
    }

    [Fact]
    public void Write_Joint_GivesBothReferenceLogits()
    {
        var tokens = ReferenceBert.Parameters(sequence: false);
        var parameters = ReferenceBert.Parameters(sequence: true);
        (parameters["text_classifier.weight"], parameters["text_classifier.bias"]) =
            (parameters["classifier.weight"], parameters["classifier.bias"]);
        (parameters["classifier.weight"], parameters["classifier.bias"]) = (tokens["classifier.weight"], tokens["classifier.bias"]);
        var config = ReferenceBert.Config(sequence: false)
            .WithLabels(TaskKind.Joint, ["O", "B-A", "I-A", "B-B", "I-B", "B-C", "I-C"], ["a", "b", "c", "d", "e"]);

        using var session = Export(parameters, config, OnnxPrecision.Full);
        var @case = ReferenceBert.Cases()[5];
        var outputs = Run(session, @case.InputIds, @case.AttentionMask);

        AssertClose(@case.TokenLogits[0][3], n => outputs["logits"][0, 3, n]);
        AssertClose(@case.SequenceLogits[1], n => outputs["text_logits"][1, n]);
    }

    [Theory]
    [InlineData("gelu_pytorch_tanh", 1e-6, 0.01)] // another formula of the same curve
    [InlineData("relu", 0.05, 10)]
    public void Write_OtherActivation_IsNotGelu(string activation, double least, double most)
    {
        var config = ReferenceBert.Config(sequence: false);
        var @case = ReferenceBert.Cases()[4];
        using var gelu = Export(ReferenceBert.Parameters(sequence: false), config, OnnxPrecision.Full);
        var expected = Run(gelu, @case.InputIds, @case.AttentionMask)["logits"].ToArray();

        using var other = Export(ReferenceBert.Parameters(sequence: false), config with { HiddenAct = activation }, OnnxPrecision.Full);
        var actual = Run(other, @case.InputIds, @case.AttentionMask)["logits"].ToArray();

        Assert.InRange(expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max(), least, most);
    }

    [Fact]
    public void Write_EightBit_IsCloseToTheReference()
    {
        using var session = Export(ReferenceBert.Parameters(sequence: false), ReferenceBert.Config(sequence: false), OnnxPrecision.EightBit);

        var (squares, count) = (0.0, 0);
        foreach (var @case in ReferenceBert.Cases())
        {
            var logits = Run(session, @case.InputIds, @case.AttentionMask)["logits"];
            foreach (var (row, column) in Unmasked(@case))
            {
                squares += @case.TokenLogits[row][column].Index().Sum(l => Math.Pow(l.Item - logits[row, column, l.Index], 2));
                count += @case.TokenLogits[row][column].Length;
            }
        }

        // The logits' own spread is about 0.4; 8 bits give about three digits.
        Assert.InRange(Math.Sqrt(squares / count), 1e-5, 0.01);
    }

    [Fact]
    public void Write_EightBit_ARowsAnswerIsTheSameBitsInAnyBatch()
    {
        using var session = Export(ReferenceBert.Parameters(sequence: false), ReferenceBert.Config(sequence: false), OnnxPrecision.EightBit);
        var random = new Random(1);
        long[][] ids = [.. Enumerable.Range(0, 32).Select(_ => Enumerable.Range(0, 24).Select(_ => (long)random.Next(2000)).ToArray())];
        long[][] mask = [.. ids.Select(row => row.Select(_ => 1L).ToArray())];

        var together = Run(session, ids, mask)["logits"];

        for (var row = 0; row < ids.Length; row++)
        {
            var alone = Run(session, [ids[row]], [mask[row]])["logits"].ToArray();
            Assert.Equal(alone, together.ToArray().Skip(row * alone.Length).Take(alone.Length));
        }
    }

    [Fact]
    public void Write_Full_NeedsNoOperatorsOutsideTheStandard()
    {
        Export(ReferenceBert.Parameters(sequence: false), ReferenceBert.Config(sequence: false), OnnxPrecision.Full).Dispose();

        var content = File.ReadAllText(Path.Combine(_folder, "Full.onnx"), System.Text.Encoding.Latin1);

        Assert.DoesNotContain("com.microsoft", content, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_MissingOrMisshapenParameter_NamesIt()
    {
        var config = ReferenceBert.Config(sequence: false);
        var missing = ReferenceBert.Parameters(sequence: false);
        missing.Remove("bert.encoder.layer.1.output.dense.bias");
        var misshapen = ReferenceBert.Parameters(sequence: false);
        misshapen["classifier.weight"] = ([5, 64], new float[5 * 64]);

        var noBias = Assert.Throws<InvalidDataException>(() => Export(missing, config, OnnxPrecision.Full));
        var wrong = Assert.Throws<InvalidDataException>(() => Export(misshapen, config, OnnxPrecision.Full));
        var unknown = Assert.Throws<NotSupportedException>(
            () => Export(ReferenceBert.Parameters(false), config with { HiddenAct = "swish" }, OnnxPrecision.Full));

        Assert.Contains("bert.encoder.layer.1.output.dense.bias", noBias.Message, StringComparison.Ordinal);
        Assert.Contains("'classifier.weight' has shape [5, 64], expected [7, 64]", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("swish", unknown.Message, StringComparison.Ordinal);
    }

    private InferenceSession Export(
        Dictionary<string, (long[] Shape, float[] Data)> parameters, ModelConfig config, OnnxPrecision precision)
    {
        var path = Path.Combine(_folder, $"{precision}.onnx");
        OnnxExport.Write(parameters, config, path, precision);
        return new(path);
    }

    private static Dictionary<string, Tensor<float>> Run(InferenceSession session, long[][] ids, long[][] mask)
    {
        using var outputs = session.Run([Input("input_ids", ids), Input("attention_mask", mask)]);
        return outputs.ToDictionary(o => o.Name, o => (Tensor<float>)o.AsTensor<float>().Clone());
    }

    private static NamedOnnxValue Input(string name, long[][] rows) => NamedOnnxValue.CreateFromTensor(
        name, new DenseTensor<long>(rows.SelectMany(r => r).ToArray(), [rows.Length, rows[0].Length]));

    private static IEnumerable<(int Row, int Column)> Unmasked(ForwardCase @case) =>
        from row in Enumerable.Range(0, @case.InputIds.Length)
        from column in Enumerable.Range(0, @case.InputIds[row].Length)
        where @case.AttentionMask[row][column] == 1
        select (row, column);

    private static void AssertClose(float[] expected, Func<int, float> actual)
    {
        for (var n = 0; n < expected.Length; n++)
        {
            Assert.Equal(expected[n], actual(n), 1e-4f);
        }
    }
}
