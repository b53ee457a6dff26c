using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Droptune.TrainingJob.Training.Objectives;

/// <summary>
/// Supervised contrast (Khosla et al. 2020, "Supervised Contrastive Learning"; beside a classifier Gunel et al. 2021): the vectors of texts with one
/// label come nearer to each other than to any other text's. Of n texts a batch learns from n² pairs, which helps where n is small.
/// </summary>
internal static class TextContrast
{
    // As the built-in base's vectors were trained; 0.1 gave less (bench/results/few-shot.md).
    private const double Temperature = 0.05;

    /// <summary>The loss of a batch, a scalar; 0 where no two texts have one label.</summary>
    /// <param name="vectors">Of the texts (B, H).</param>
    /// <param name="labels">Of the texts (B), below 0 where a text has none.</param>
    public static Tensor Of(Tensor vectors, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var directions = F.normalize(vectors.to(ScalarType.Float32), dim: 1);
        var self = eye(labels.shape[0], dtype: ScalarType.Bool, device: labels.device);
        var nearness = (directions.mm(directions.t()) / Temperature).masked_fill(self, -1e9).log_softmax(-1);
        var same = labels.unsqueeze(0).eq(labels.unsqueeze(1)).logical_and(labels.ge(0).unsqueeze(1)).logical_and(self.logical_not()).to(ScalarType.Float32);
        var others = same.sum(-1);
        var each = -(nearness * same).sum(-1) / others.clamp(min: 1);
        return (each.sum() / others.gt(0).sum().clamp(min: 1)).MoveToOuterDisposeScope();
    }
}
