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
