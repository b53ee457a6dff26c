
namespace Droptune.Core.Runs;

/// <summary>Where a run is, for a live bar and for the run's record.</summary>
public sealed record RunProgress
{
    public required RunStage Stage { get; init; }

    /// <summary>1-based; 0 before the first.</summary>
    public int Epoch { get; init; }

    public int Epochs { get; init; }

    /// <summary>Optimizer steps done, over all epochs.</summary>
    public int Step { get; init; }

    public int Steps { get; init; }

    /// <summary>Mean training loss since the last report; null before the first step.</summary>
    public double? Loss { get; init; }

    /// <summary>The newest score on dev; null before the first evaluation.</summary>
    public DevMetric? DevMetric { get; init; }

    /// <summary>Real tokens (no padding) trained a second.</summary>
    public double? TokensPerSecond { get; init; }

    /// <summary>Time left if every epoch is run; null while unknown.</summary>
    public TimeSpan? Eta { get; init; }

    /// <summary>What it runs on and computes in, and why; null before it is known.</summary>
    public string? Machine { get; init; }

    /// <summary>Parts that each batch is computed in, because memory is too small for all of it; null = whole.</summary>
    public int? Parts { get; init; }

    /// <summary>The most memory that the process had in use, as a part of what it may; null while unknown.</summary>
    public double? Memory { get; init; }

    /// <summary>What is going on beyond the numbers, such as "trial 3 of 8"; usually null.</summary>
    public string? Note { get; init; }
}

/// <summary>The parts of a run, in their order; searching and pre-training are left out unless asked for.</summary>
public enum RunStage
{
    Preparing,
    Searching,
    Pretraining,
    Training,
    Exporting,
    Checking,
    Done,
}

/// <summary>The score on dev that is shown: the main score, by its name (the first version showed others).</summary>
public sealed record DevMetric(string Name, double Value);
