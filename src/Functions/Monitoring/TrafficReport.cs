using Droptune.Core.Traffic;

namespace Droptune.Functions.Monitoring;

/// <summary>What a model was asked lately, and how far that is from the data it was made with.</summary>
public sealed record TrafficReport
{
    public required string Model { get; init; }

    /// <summary>The version that is served; null where none is.</summary>
    public string? Version { get; init; }

    /// <summary>Its predictions of the last day.</summary>
    public required TrafficProfile LastDay { get; init; }

    /// <summary>The last day against the version's predictions on dev; null until it was evaluated or asked.</summary>
    public TrafficDrift? Drift { get; init; }

    /// <summary>All versions, hour by hour, newest first.</summary>
    public required IReadOnlyList<TrafficRecord> Hours { get; init; }
}
