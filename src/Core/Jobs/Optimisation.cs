namespace Droptune.Core.Jobs;

/// <summary>How to train. Every default is for fine-tuning; a null one depends on the base model.</summary>
public sealed record Optimisation
{
    public string Optimizer { get; init; } = "adamw";

    public int Epochs { get; init; } = 5;

    /// <summary>Tokens a batch, padding included: short texts make large batches.</summary>
    public int BatchTokens { get; init; } = 4096;

    /// <summary>Pieces a sequence, [CLS] and [SEP] included; longer examples become overlapping windows.</summary>
    public int MaxLength { get; init; } = 128;

    /// <summary>Peak learning rate; null = 2e-5 from a base model, 5e-4 from scratch.</summary>
    public double? LearningRate { get; init; }

    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Part of all steps in which the learning rate rises from 0.</summary>
    public double WarmupRatio { get; init; } = 0.1;

    public string Schedule { get; init; } = "linear";

    /// <summary>Largest global L2 norm of the gradient.</summary>
    public double GradientClip { get; init; } = 1.0;

    public double Dropout { get; init; } = 0.1;

    public double LabelSmoothing { get; init; }

    public string ClassWeights { get; init; } = "none";

    public EarlyStopping? EarlyStopping { get; init; } = new();

    public string Precision { get; init; } = "auto";

    public int Seed { get; init; } = 42;
}

/// <summary>Stops when <paramref name="Metric"/> on dev has not improved for <paramref name="Patience"/> epochs.</summary>
public sealed record EarlyStopping(string Metric = "f1", int Patience = 2);
