using Droptune.TrainingJob.Model;
using Droptune.TrainingJob.Training.Data;

using static TorchSharp.torch;

namespace Droptune.TrainingJob.Training.Objectives;

/// <summary>Trains for the tags and text labels of a dataset.</summary>
public sealed class TaskObjective(TaskLoss loss, DevSet? dev, MentionSwap? swap, TextJoin? join, PieceDropout dropout, Device device) : IObjective
{
    /// <summary>Whether texts of one label are also brought together, see <see cref="TextContrast"/>.</summary>
    public bool HasContrast { get; init; }

    public bool UsesAllWords => false;

    public EncodedSplit Vary(EncodedSplit train, Random random)
    {
        var varied = swap?.Apply(random) ?? train;
        return join?.Apply(varied, random) ?? varied;
    }

    public IReadOnlyList<int[]> Plan(EncodedSplit train, int tokens, Random random) =>
        HasContrast ? BatchPlan.OfLabels(train, tokens, random) : BatchPlan.Of(train, tokens, random);

    public void Prepare(Batch batch, Random random) => dropout.Apply(batch, random);

    public Tensor Loss(BertModel model, Tensor hidden, Batch batch)
    {
        var ofTask = loss.Of(model.Heads(hidden), batch, device);
        return HasContrast ? ofTask + TextContrast.Of(model.Pool(hidden), batch.TextLabelTensor(device)) : ofTask;
    }

    public DevScores? Evaluate(BertModel model) => dev?.Evaluate(model, loss, device);
}
