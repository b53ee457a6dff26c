using Droptune.TrainingJob.Model;
using Droptune.TrainingJob.Training;
using Droptune.TrainingJob.Training.Data;
using Droptune.TrainingJob.Training.Objectives;

using static TorchSharp.torch;

namespace Droptune.TrainingJob.LanguageModelling;

/// <summary>Guessing hidden words; in the last part of the training also matching turns of dialogues, where there are any.</summary>
/// <param name="words">The first.</param>
/// <param name="turns">The second; null = none.</param>
internal sealed class PretrainingObjective(MaskedLanguageObjective words, TurnMatching? turns) : IObjective
{
    private const double TurnsFrom = 0.55; // vectors of texts need words first
    private const double TurnsWeight = 0.3;

    /// <summary>0 to 1: how far the training is.</summary>
    public Func<double> Progress { get; set; } = () => 0;

    public bool UsesAllWords => true;

    public void Prepare(Batch batch, Random random)
    {
        words.Prepare(batch, random);
        if (Progress() >= TurnsFrom)
        {
            turns?.Prepare(batch, random);
        }
    }

    public Tensor Loss(BertModel model, Tensor hidden, Batch batch)
    {
        var loss = words.Loss(model, hidden, batch);
        return batch.Turns is { } read ? loss + (turns!.Loss(model, read) * TurnsWeight) : loss;
    }

    public DevScores? Evaluate(BertModel model) => null;
}
