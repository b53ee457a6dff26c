using Droptune.Core.Labels;
using Droptune.Core.Models;
using Droptune.Core.Text.WordPiece;
using Droptune.TrainingJob.Model;
using Droptune.TrainingJob.Training;
using Droptune.TrainingJob.Training.Data;
using Droptune.TrainingJob.Training.Objectives;

using static TorchSharp.torch;

namespace Droptune.TrainingJob.Tests.Training;

public sealed class DevSetTests
{
    [Fact]
    public void Evaluate_SeveralLabels_HoldWhereAnyWindowShowsThem()
    {
        // The model sees a and b where they stand, and in c a little of b: in the mean over its windows, the long text has less.
        Example[] examples =
        [
            new() { Text = "a", Labels = ["a"] },
            new() { Text = "a x x x x x x x x x x b", Labels = ["a", "b"] },
            new() { Text = "c", Labels = [] },
        ];
        var tokenizer = new WordPieceTokenizer(new Vocabulary(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "x", "a", "b", "c"]), new());
        var labels = new LabelSet(["a", "b"]);
        var combinations = new LabelCombinations(labels);
        var dev = new DevSet(examples, tokenizer, null, labels, 6, combinations);
        using var loss = new TaskLoss(Some.Spec().Optimisation, null, null, CPU, combinations);

        var scores = dev.Evaluate(batch => new(null, stack([.. Enumerable.Range(0, batch.Rows).Select(row => Seen(batch, row))])), constrained: true, loss, CPU);

        Assert.InRange(dev.Split.Count, 5, 10); // windows
        Assert.Equal(1, scores.Main);
        Assert.Equal((1.0, 1.0), (scores.MultiLabels!.SubsetAccuracy, scores.MultiLabels.ExpectedCardinality));
        Assert.Equal([0.5f, 0.5f], scores.Thresholds);

        Tensor Seen(Batch batch, int row)
        {
            var pieces = batch.Ids.AsSpan(row * batch.Width, batch.Width).ToArray().Select(id => tokenizer.Vocabulary[id]).ToHashSet();
            return tensor(new[] { pieces.Contains("a") ? 2f : -4, pieces.Contains("b") ? 2f : pieces.Contains("c") ? -0.5f : -4 });
        }
    }

    [Fact]
    public void Evaluate_MemoryForFourTexts_ScoresAsWithAllAtOnce()
    {
        var examples = Some.Examples(30, 1).ToArray();
        var options = Some.Spec().Optimisation;
        var tokenizer = new WordPieceTokenizer(WordPieceTrainer.Train(examples, new(), 200), new());
        var (tags, labels) = (LabelSet.OfTags(examples), LabelSet.OfTexts(examples));
        var config = new ModelConfig
        {
            VocabSize = tokenizer.Vocabulary.Count,
            HiddenSize = 32,
            NumHiddenLayers = 1,
            NumAttentionHeads = 2,
            IntermediateSize = 64,
        }.WithLabels(TaskKind.Joint, tags.Names, labels.Names);
        using var model = new BertModel(config, new BertWeights(config, CPU));
        using var loss = new TaskLoss(options, null, null, CPU);
        var dev = new DevSet(examples, tokenizer, tags, labels, options.MaxLength);
        var rows = new List<int>();

        var whole = dev.Evaluate(model, loss, CPU);
        var halved = dev.Evaluate(Forward, constrained: true, loss, CPU);

        Assert.Equal(whole.Loss, halved.Loss, 0.01); // batches weigh by their texts, tags within by their pieces
        Assert.Equal(whole.Main, halved.Main);
        Assert.Equal(30, rows.Where(count => count <= 4).Sum());

        Logits Forward(Batch batch)
        {
            rows.Add(batch.Rows);
            return batch.Rows > 4 ? new(empty(TrainerTests.SmallMemory.MoreThanThereIs), null) : model.Heads(model.Encode(model.Embed(batch.IdTensor(CPU)), batch.Mask(CPU)));
        }
    }
}
