using System.ComponentModel.DataAnnotations;

namespace Droptune.Functions.Retention;

/// <summary>What is kept, and for how long. What something else needs is kept in any case.</summary>
public sealed record RetentionOptions
{
    public const string Section = "Retention";

    /// <summary>Nothing is deleted; the log says what would be.</summary>
    public bool DryRun { get; init; }

    /// <summary>Days that runs that have ended, versions that are not served, dataset versions that nobody uses, and traffic are kept at least.</summary>
    [Range(1, 36_500)]
    public int Days { get; init; } = 90;

    /// <summary>The newest versions of a model that are kept however old they are, beside the served one and the one before.</summary>
    [Range(1, 100_000)]
    public int Versions { get; init; } = 10;

    /// <summary>Days that an evaluation is kept at least; the newest of each version stays.</summary>
    [Range(1, 36_500)]
    public int EvaluationDays { get; init; } = 30;

    /// <summary>Days after which what nobody finished is deleted: checkpoints, half-stored versions, reports without a record.</summary>
    [Range(1, 36_500)]
    public int LeftoverDays { get; init; } = 14;
}
