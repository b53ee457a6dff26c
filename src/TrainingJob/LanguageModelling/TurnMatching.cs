using Droptune.TrainingJob.Model;
using Droptune.TrainingJob.Training.Data;

using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Droptune.TrainingJob.LanguageModelling;

/// <summary>
/// Finding the answer to each turn among those to others, and the turn to each answer (Henderson et al. 2020, "ConveRT"): the vector of a
/// text then says what it is about, which few examples of a class do not teach.
/// </summary>
internal sealed class TurnMatching(PretrainingData data, int pairs, Device device)
{
    private const double Temperature = 0.05;

    /// <summary>Draws pairs of a turn and its answer to be read beside a batch.</summary>
    public void Prepare(Batch batch, Random random)
    {
        var turns = new int[2 * pairs];
        for (var i = 0; i < pairs; i++)
        {
            turns[i] = data.Answered[random.Next(data.Answered.Count)];
            turns[pairs + i] = turns[i] + 1;
        }

        batch.Turns = new(data.Turns, turns, data.Tokenizer.PadId);
    }

    /// <summary>Mean cross-entropy of both directions, a scalar; the scores are cosines.</summary>
    public Tensor Loss(BertModel model, Batch turns)
    {
        var hidden = model.Encode(model.Embed(turns.IdTensor(device)), turns.Mask(device));
        var vectors = F.normalize(model.Pool(hidden).to(ScalarType.Float32), dim: 1);
        var half = turns.Rows / 2;
        var scores = vectors.narrow(0, 0, half).mm(vectors.narrow(0, half, half).t()) / Temperature;
        var same = arange(half, device: device, dtype: ScalarType.Int64);
        return (F.cross_entropy(scores, same) + F.cross_entropy(scores.t(), same)) / 2;
    }
}
