using Droptune.Core.Jobs;

namespace Droptune.Core.Runs;

/// <summary>A training run in the table <c>Runs</c>.</summary>
public sealed record RunRecord
{
    public required string RunId { get; init; }

    public required string Model { get; init; }

    public required JobSpec Spec { get; init; }

    public required RunState State { get; init; }

    /// <summary>How often a worker has begun the run. A worker owns the run only while this is the number it was given.</summary>
    public int Attempt { get; init; }

    public required DateTimeOffset QueuedAt { get; init; }

    /// <summary>When the present attempt began.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the worker last reported.</summary>
    public DateTimeOffset? HeartbeatAt { get; init; }

    /// <summary>The step at which the worker of the last attempt ended without a word; null = it did not.</summary>
    public int? LostAt { get; init; }

    /// <summary>Parts that an attempt computes each batch in from the beginning, as workers seem to have ended for want of memory; null = whole.</summary>
    public int? Parts { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public RunProgress? Progress { get; init; }

    /// <summary>What was reported so far, for drawing; not in lists.</summary>
    public IReadOnlyList<CurvePoint>? Curve { get; init; }

    /// <summary>Why the run failed, or why its last attempt did.</summary>
    public string? Error { get; init; }

    /// <summary>Why a queued run does not begin; null when it begins as soon as a worker is free.</summary>
    public string? Waits { get; init; }

    /// <summary>The version of the model that the run made.</summary>
    public string? ModelVersion { get; init; }
}
