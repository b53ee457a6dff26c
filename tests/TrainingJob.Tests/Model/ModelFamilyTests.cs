using Droptune.Core.Models;
using Droptune.TrainingJob.Checkpoints;
using Droptune.TrainingJob.Model;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Droptune.TrainingJob.Tests.Model;

/// <summary>Every family computes what Hugging Face's transformers does, its gradients are those of that, and its files are theirs.</summary>
public sealed class ModelFamilyTests : IDisposable
{
    private const float Tolerance = 1e-4f;

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly string _folder = Directory.CreateTempSubdirectory("droptune model ").FullName;

    public static TheoryData<string> Names => ReferenceEncoder.Names;

    public void Dispose()
    {
        _scope.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Heads_TagsOfEveryCase_AreHuggingFaces(string name)
    {
        using var reference = ReferenceEncoder.ForTags(name);
        using var model = reference.Load();
        using var _ = no_grad();

        Assert.Equal(12, reference.Cases.Count);
        foreach (var expected in reference.Cases)
        {
            var hidden = expected.Encode(model);
            var logits = model.Heads(hidden).Tags!;
            for (var row = 0; row < expected.Lengths.Length; row++)
            {
                AssertClose(expected.Hidden[row][..expected.Lengths[row]], hidden[row]); // padding has no meaning
                AssertClose(expected.TokenLogits[row][..expected.Lengths[row]], logits[row]);
            }

            Assert.Equal(expected.Loss, F.cross_entropy(logits.flatten(0, 1), expected.FlatLabels()).item<float>(), Tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Heads_TextLabelsOfEveryCase_AreHuggingFaces(string name)
    {
        using var reference = ReferenceEncoder.ForTexts(name);
        using var model = reference.Load();
        using var _ = no_grad();

        Assert.All(reference.Cases, expected => AssertClose(expected.SequenceLogits, model.Heads(expected.Encode(model)).Text!));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Heads_TextInAPaddedBatch_AnswersAsAlone(string name)
    {
        using var reference = ReferenceEncoder.ForTags(name);
        using var model = reference.Load();
        using var _ = no_grad();

        foreach (var batch in reference.Cases.Take(4))
        {
            var together = model.Heads(batch.Encode(model)).Tags!;
            foreach (var (row, length) in batch.Lengths.Index())
            {
                var alone = model.Heads(batch.Only(row).Encode(model)).Tags![0];
                Assert.InRange((together[row].narrow(0, 0, length) - alone).abs().max().item<float>(), 0, 1e-5);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Heads_AttentionInSingleStepsAsItTrains_AnswersTheSame(string name)
    {
        using var reference = ReferenceEncoder.ForTags(name);
        using var model = reference.Load();
        using var training = new BertModel(model.Config with { AttentionProbsDropoutProb = 1e-9, HiddenDropoutProb = 0 }, model.Weights) { Training = true }; // drops nothing
        using var _ = no_grad();

        foreach (var batch in reference.Cases.Take(4))
        {
            var (expected, found) = (model.Heads(batch.Encode(model)).Tags!, training.Heads(batch.Encode(training)).Tags!);
            foreach (var (row, length) in batch.Lengths.Index())
            {
                Assert.InRange((expected[row] - found[row]).narrow(0, 0, length).abs().max().item<float>(), 0, 1e-5);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Backward_EveryParameter_HasTheSlopeOfTheLoss(string name)
    {
        foreach (var reference in new[] { ReferenceEncoder.ForTags(name), ReferenceEncoder.ForTexts(name) })
        {
            using var single = reference.Load();
            using var model = new BertModel(single.Config, single.Weights.To(ScalarType.Float64));
            var batch = reference.Cases[1];
            foreach (var weight in model.Weights.All)
            {
                weight.Value.requires_grad = true;
            }

            Loss().backward();

            var random = new Random(1);
            using var _ = no_grad();
            foreach (var weight in model.Weights.All)
            {
                // Along a random direction, since one number alone may hardly count.
                var direction = tensor(Enumerable.Range(0, (int)weight.Value.numel()).Select(_ => random.NextDouble() - 0.5).ToArray()).view(weight.Value.shape);
                var expected = (Moved(1e-5) - Moved(-1e-5)) / 2e-5;
                var found = weight.Value.grad is { } gradient ? (gradient * direction).sum().item<double>() : 0;
                Assert.True(Math.Abs(expected - found) < 1e-6 + 1e-5 * Math.Abs(expected), $"{weight.Name}: {found} instead of {expected}");

                double Moved(double step)
                {
                    weight.Value.add_(direction * step);
                    var loss = Loss().item<double>();
                    weight.Value.sub_(direction * step);
                    return loss;
                }
            }

            reference.Dispose();

            Tensor Loss() => model.Heads(batch.Encode(model)) switch
            {
                { Tags: { } tags } => F.cross_entropy(tags.flatten(0, 1), batch.FlatLabels()),
                { Text: var texts } => F.cross_entropy(texts!, tensor(batch.InputIds.Select((_, row) => (long)row % 5).ToArray())),
            };
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Save_TagsOrTexts_IsTheFileThatItCameFrom(string name)
    {
        foreach (var reference in new[] { ReferenceEncoder.ForTags(name), ReferenceEncoder.ForTexts(name) })
        {
            using var model = reference.Load();

            PretrainedModel.Save(_folder, model.Weights, model.Config);

            var (original, saved) = (Stored(reference.Folder), Stored(_folder));
            Assert.Equal(original.Keys.Order(), saved.Keys.Order());
            Assert.All(original, tensor => Assert.Equal(tensor.Value.bytes.ToArray(), saved[tensor.Key].bytes.ToArray()));
            var (before, after) = (model.Config, ModelConfig.Load(_folder));
            Assert.Equal((before.ModelType, before.PadTokenId, before.LayerNormEps), (after.ModelType, after.PadTokenId, after.LayerNormEps));
            reference.Dispose();
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Save_Joint_ReadsBackBitForBit(string name)
    {
        using var reference = ReferenceEncoder.ForTags(name);
        var config = ModelConfig.From(ModelNaming.For(reference.Folder).Config).WithLabels(TaskKind.Joint, ["O", "B-x", "I-x"], ["a", "b"]);
        using var model = new BertModel(config, new(config, CPU));

        PretrainedModel.Save(_folder, model.Weights, config);
        using var again = ReferenceEncoder.Load(_folder);

        Assert.Equal($"{config.Family.Name}ForTokenClassification", config.Architectures!.Single());
        Assert.All(model.Weights.Named().Zip(again.Weights.Named()), pair => Assert.Equal(pair.First.View.bytes.ToArray(), pair.Second.View.bytes.ToArray()));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Load_BaseForOtherLabels_HeadsAloneStartAtRandom(string name)
    {
        using var reference = ReferenceEncoder.ForTags(name);
        var config = ModelConfig.From(ModelNaming.For(reference.Folder).Config).WithLabels(TaskKind.Joint, ["O", "B-x", "I-x"], ["a", "b"]);
        using var weights = new BertWeights(config, CPU);

        var report = PretrainedModel.Load(reference.Folder, weights);

        Assert.All(report.Missing, missing => Assert.Matches("^(classifier|text_classifier|bert.pooler)", missing));
        Assert.Empty(report.Unexpected);
    }

    private static Dictionary<string, Tensor> Stored(string folder) => SafeTensors.Read(Path.Combine(folder, ModelFileNames.Weights)).ToDictionary();

    private static void AssertClose(float[][] expected, Tensor actual)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            var values = actual[i].contiguous().data<float>().ToArray();
            Assert.All(expected[i].Zip(values), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
        }
    }
}
