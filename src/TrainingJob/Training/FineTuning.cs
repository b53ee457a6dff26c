using Droptune.Core.Jobs;

namespace Droptune.TrainingJob.Training;

/// <summary>Runs one job spec on local folders.</summary>
public static class FineTuning
{
    /// <summary>Trains, exports and checks; afterwards the output folder holds every file of a model version.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; with a checkpoint folder the run can be continued.</exception>
    public static FineTuningResult Run(
        FineTuningInput input, IProgress<RunProgress> progress, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}

/// <summary>What <see cref="FineTuning"/> needs: a spec and local folders.</summary>
/// <param name="Spec">A valid spec.</param>
/// <param name="SnapshotFolder">Holds {train,dev,test}.jsonl.gz.</param>
/// <param name="BaseModelFolder">The base model in Hugging Face layout; null for scratch.</param>
/// <param name="OutputFolder">Receives the model; created if it is missing.</param>
public sealed record FineTuningInput(JobSpec Spec, string SnapshotFolder, string? BaseModelFolder, string OutputFolder)
{
    /// <summary>Where checkpoints are written and looked for; null writes none.</summary>
    public string? CheckpointFolder { get; init; }

    /// <summary>Called after each checkpoint, so that the caller can store the folder somewhere safer.</summary>
    public Action<string>? CheckpointWritten { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

/// <summary>The outcome of a run.</summary>
/// <param name="DevMetric">Score of the epoch that was kept.</param>
/// <param name="Metrics">Scores by name, such as "dev.f1" and "dev.accuracy".</param>
/// <param name="BestEpoch">1-based; the epoch whose weights were kept.</param>
/// <param name="Epochs">Epochs run.</param>
/// <param name="Duration">Wall time of the whole run.</param>
/// <param name="StoppedBecause">"epochs", "early-stopping" or "budget".</param>
public sealed record FineTuningResult(
    DevMetric DevMetric, IReadOnlyDictionary<string, double> Metrics, int BestEpoch, int Epochs, TimeSpan Duration, string StoppedBecause);
