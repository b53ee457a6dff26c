namespace Droptune.TrainingJob.Training.Optimizer;

/// <summary>
/// Dynamic loss scaling (Micikevicius et al. 2018, "Mixed Precision Training"): small gradients would be 0 in float16, so the
/// loss is scaled up as far as the large ones allow. A step that overflows is skipped, and the scale halved.
/// </summary>
public sealed record LossScale
{
    /// <summary>Below this no scale helps: the model itself is broken.</summary>
    public const double Least = 1.0 / 1024;

    private const int GrowsAfter = 2000; // steps without an overflow

    public double Scale { get; init; } = 1 << 16;

    /// <summary>Steps since the scale last changed.</summary>
    public int GoodSteps { get; init; }

    /// <summary>Steps that overflowed.</summary>
    public int Skipped { get; init; }

    /// <summary>The scale of the next step.</summary>
    public LossScale After(bool overflowed) => overflowed
        ? this with { Scale = Scale / 2, GoodSteps = 0, Skipped = Skipped + 1 }
        : GoodSteps + 1 < GrowsAfter ? this with { GoodSteps = GoodSteps + 1 } : this with { Scale = Scale * 2, GoodSteps = 0 };
}
