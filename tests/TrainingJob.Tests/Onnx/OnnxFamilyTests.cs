using Droptune.TrainingJob.Model;
using Droptune.TrainingJob.Onnx;
using Droptune.TrainingJob.Tests.Model;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using static TorchSharp.torch;

namespace Droptune.TrainingJob.Tests.Onnx;

/// <summary>What is exported of every family gives the logits of Hugging Face's transformers.</summary>
public sealed class OnnxFamilyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("droptune-").FullName;

    public static TheoryData<string> Names => ReferenceEncoder.Names;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Names))]
    public void Write_Tags_GivesTheReferenceLogits(string name)
    {
        using var reference = ReferenceEncoder.ForTags(name);

        Assert.InRange(TagDifferences(reference, OnnxPrecision.Full).Max(), 0, 1e-4);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Write_Texts_GivesTheReferenceLogits(string name)
    {
        using var reference = ReferenceEncoder.ForTexts(name);
        using var session = Export(reference, OnnxPrecision.Full);

        foreach (var expected in reference.Cases)
        {
            var logits = Run(session, expected).ToArray();

            Assert.All(expected.SequenceLogits.SelectMany(row => row).Zip(logits), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Write_EightBits_IsCloseToTheReference(string name)
    {
        using var reference = ReferenceEncoder.ForTags(name);

        var differences = TagDifferences(reference, OnnxPrecision.EightBit).ToList();

        // The logits' own spread is about 0.5; 8 bits give about three digits.
        Assert.InRange(Math.Sqrt(differences.Sum(difference => difference * difference) / differences.Count), 1e-5, 0.02);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Write_EightBits_ARowsAnswerIsTheSameBitsInAnyBatch(string name)
    {
        using var reference = ReferenceEncoder.ForTags(name);
        using var session = Export(reference, OnnxPrecision.EightBit);
        var batch = reference.Cases[0] with { InputIds = [.. Enumerable.Repeat(reference.Cases[0].InputIds[0], 4)], AttentionMask = [.. Enumerable.Repeat(reference.Cases[0].AttentionMask[0], 4)] };

        var (alone, together) = (Run(session, reference.Cases[0]).ToArray(), Run(session, batch).ToArray());

        Assert.All(Enumerable.Range(0, 4), row => Assert.Equal(alone, together.Skip(row * alone.Length).Take(alone.Length)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Write_TextInAPaddedBatch_AnswersAsAlone(string name)
    {
        using var reference = ReferenceEncoder.ForTags(name);
        foreach (var precision in Enum.GetValues<OnnxPrecision>())
        {
            using var session = Export(reference, precision);
            foreach (var batch in reference.Cases.Take(4))
            {
                var together = Run(session, batch);
                var width = together.Length / batch.Lengths.Length;
                foreach (var row in Enumerable.Range(0, batch.Lengths.Length))
                {
                    var alone = Run(session, batch.Only(row)).ToArray();
                    Assert.All(alone.Zip(together.Skip(row * (int)width)), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
                }
            }
        }
    }

    private IEnumerable<double> TagDifferences(ReferenceEncoder reference, OnnxPrecision precision)
    {
        using var session = Export(reference, precision);
        foreach (var expected in reference.Cases)
        {
            var logits = Run(session, expected);
            for (var row = 0; row < expected.Lengths.Length; row++)
            {
                for (var piece = 0; piece < expected.Lengths[row]; piece++)
                {
                    foreach (var (tag, value) in expected.TokenLogits[row][piece].Index())
                    {
                        yield return Math.Abs(value - logits[row, piece, tag]);
                    }
                }
            }
        }
    }

    private InferenceSession Export(ReferenceEncoder reference, OnnxPrecision precision)
    {
        using var scope = NewDisposeScope();
        using var model = reference.Load();
        var path = Path.Combine(_folder, $"{precision}.onnx");
        OnnxExport.Write(Parameters(model), model.Config, path, precision);
        return new(path);
    }

    private static Dictionary<string, (long[] Shape, float[] Data)> Parameters(BertModel model) =>
        model.Weights.Named().ToDictionary(weight => weight.Name, weight => (weight.View.shape, weight.View.contiguous().data<float>().ToArray()));

    private static Tensor<float> Run(InferenceSession session, EncoderCase batch)
    {
        using var outputs = session.Run([Input("input_ids", batch.InputIds), Input("attention_mask", batch.AttentionMask)]);
        return (Tensor<float>)outputs.Single().AsTensor<float>().Clone();
    }

    private static NamedOnnxValue Input(string name, long[][] rows) =>
        NamedOnnxValue.CreateFromTensor(name, new DenseTensor<long>(rows.SelectMany(row => row).ToArray(), [rows.Length, rows[0].Length]));
}
