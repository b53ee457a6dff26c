using static TorchSharp.torch;

namespace Droptune.TrainingJob.Model;

/// <summary>Turns queries and keys by their positions (Su et al. 2021, "RoFormer"), so that their product depends on how far apart they are.</summary>
internal sealed record Rotation(Tensor Cosine, Tensor Sine)
{
    public static Rotation Of(ModelConfig config, int length, bool isGlobal, Tensor like)
    {
        var (cosine, sine) = config.Rotation(length, isGlobal);
        return new(Like(cosine), Like(sine));

        Tensor Like(float[] values) => tensor(values, device: like.device).view(length, -1).to(like.dtype);
    }

    /// <summary>Of a part (B, heads, L, size): the two halves of a head are the coordinates.</summary>
    public Tensor Apply(Tensor part)
    {
        var halves = part.chunk(2, -1);
        return (part * Cosine) + (cat([-halves[1], halves[0]], -1) * Sine);
    }
}
