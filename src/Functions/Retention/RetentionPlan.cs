namespace Droptune.Functions.Retention;

/// <summary>What the policy lets go now.</summary>
/// <param name="DryRun">The timer deletes nothing of it.</param>
/// <param name="Items">In the order in which it is deleted.</param>
public sealed record RetentionPlan(bool DryRun, IReadOnlyList<RetentionItem> Items);

/// <summary>Something that may go.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Which one: a run's id, "model/version", "dataset/version", or a place in storage.</param>
/// <param name="Reason">Why it may go.</param>
public sealed record RetentionItem(RetentionKind Kind, string Name, string Reason);

/// <summary>What can be let go.</summary>
public enum RetentionKind
{
    /// <summary>A model's version with its files, evaluations and run.</summary>
    ModelVersion,

    /// <summary>The record of a run.</summary>
    Run,

    /// <summary>An evaluation with its report.</summary>
    Evaluation,

    /// <summary>The snapshot and the report of a dataset's version.</summary>
    DatasetVersion,

    /// <summary>Hours of a model's traffic.</summary>
    Traffic,

    /// <summary>Training time of past days.</summary>
    SpentTime,

    /// <summary>What nobody finished.</summary>
    Leftover,
}
