using Droptune.TrainingJob.Model;
using Droptune.TrainingJob.Training.Data;

using static TorchSharp.torch;

namespace Droptune.TrainingJob.Training.Objectives;

/// <summary>Trains for the tags and text labels of a dataset.</summary>
public sealed class TaskObjective(TaskLoss loss, DevSet dev, MentionSwap? swap, TextJoin? join, PieceDropout dropout, Device device) : IObjective
{
    public bool UsesAllWords => false;

    public EncodedSplit Vary(EncodedSplit train, Random random)
    {
        var varied = swap?.Apply(random) ?? train;
        return join?.Apply(varied, random) ?? varied;
    }

    public void Prepare(Batch batch, Random random) => dropout.Apply(batch, random);

    public Tensor Loss(BertModel model, Tensor hidden, Batch batch) => loss.Of(model.Heads(hidden), batch, device);

    public DevScores? Evaluate(BertModel model) => dev.Evaluate(model, loss, device);
}
