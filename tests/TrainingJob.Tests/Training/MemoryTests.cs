using Droptune.Core.Labels;
using Droptune.Core.Models;
using Droptune.Core.Text.WordPiece;
using Droptune.TrainingJob.Model;
using Droptune.TrainingJob.Training;
using Droptune.TrainingJob.Training.Data;
using Droptune.TrainingJob.Training.Objectives;

using static TorchSharp.torch;

namespace Droptune.TrainingJob.Tests.Training;

public sealed class MemoryTests
{
    private const int Epochs = 56;
    private const int StepsAnEpoch = 40;

    [Fact]
    public void Train_TwoThousandSteps_MemoryIsFlatFromTheSecondEpochOn()
    {
        var examples = Some.Examples(StepsAnEpoch * 4, 1).ToArray();
        var options = Some.Spec().Optimisation with { Epochs = Epochs, BatchTokens = 40, EarlyStopping = null, AverageDecay = 0.99 };
        var tokenizer = new WordPieceTokenizer(WordPieceTrainer.Train(examples, new(), 200), new());
        var (tags, labels) = (LabelSet.OfTags(examples), LabelSet.OfTexts(examples));
        var train = EncodedSplit.Of(examples.Select(e => (e, EncodedSplit.Tokenize(e, tokenizer))), tokenizer, tags, labels, options.MaxLength);
        var config = new ModelConfig
        {
            VocabSize = tokenizer.Vocabulary.Count,
            HiddenSize = 128,
            NumHiddenLayers = 1,
            NumAttentionHeads = 2,
            IntermediateSize = 256,
        }.WithLabels(TaskKind.Joint, tags.Names, labels.Names);
        using var model = new BertModel(config, new BertWeights(config, CPU));
        using var loss = new TaskLoss(options, null, null, CPU);
        var memory = new Memory(new TaskObjective(loss, new(examples[..8], tokenizer, tags, labels, options.MaxLength), null, null, new(tokenizer, 0.1), CPU));
        using var trainer = new Trainer(
            model, memory, train, options.For(new()), new(CPU, tokenizer.PadId, TimeProvider.System, new(new Some.Progress(), TimeProvider.System), null));

        trainer.Train(TestContext.Current.CancellationToken);

        Assert.InRange(trainer.State.Rates.Count, 2000, 4000);
        Assert.InRange(memory.Tensors[1..].Max() - memory.Tensors[1..].Min(), 0, 4); // some are not yet finalized
        var growth = memory.Resident[1..].Max() - memory.Resident[1];
        Assert.True(growth < 16 << 20, $"{growth >> 10} KiB more than after the second epoch"); // 16 KiB a batch would be 30 MiB
    }

    /// <summary>Notes after each epoch what is in use.</summary>
    private sealed class Memory(IObjective task) : IObjective
    {
        public List<long> Tensors { get; } = [];

        public List<long> Resident { get; } = [];

        public bool UsesAllWords => task.UsesAllWords;

        public void Prepare(Batch batch, Random random) => task.Prepare(batch, random);

        public Tensor Loss(BertModel model, Tensor hidden, Batch batch) => task.Loss(model, hidden, batch);

        public DevScores? Evaluate(BertModel model)
        {
            GC.Collect();
            Tensors.Add(Tensor.TotalCount);
            Resident.Add(Environment.WorkingSet);
            return task.Evaluate(model);
        }
    }
}
