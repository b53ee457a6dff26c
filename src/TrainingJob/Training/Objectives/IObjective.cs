using Droptune.TrainingJob.Model;
using Droptune.TrainingJob.Training.Data;

using static TorchSharp.torch;

namespace Droptune.TrainingJob.Training.Objectives;

/// <summary>What a model is trained for: the task itself, or guessing masked pieces before it.</summary>
public interface IObjective
{
    /// <summary>Whether the loss uses every row of the word embeddings.</summary>
    bool UsesAllWords { get; }

    /// <summary>The training data as an epoch reads it.</summary>
    EncodedSplit Vary(EncodedSplit train, Random random) => train;

    /// <summary>Which sequences stand together in the batches of an epoch.</summary>
    /// <param name="train">As <see cref="Vary"/> gave it.</param>
    /// <param name="tokens">Of a batch, padding included.</param>
    /// <param name="random">The same seed gives the same plan.</param>
    IReadOnlyList<int[]> Plan(EncodedSplit train, int tokens, Random random) => BatchPlan.Of(train, tokens, random);

    /// <summary>Changes the pieces that the model will read.</summary>
    void Prepare(Batch batch, Random random);

    /// <summary>A scalar.</summary>
    /// <param name="model">What is trained.</param>
    /// <param name="hidden">Its hidden states (B, L, H) for the batch.</param>
    /// <param name="batch">As prepared.</param>
    Tensor Loss(BertModel model, Tensor hidden, Batch batch);

    /// <summary>The scores on dev; null if every epoch counts the same and the last one is kept.</summary>
    DevScores? Evaluate(BertModel model);
}
