using Droptune.Core.Inference;

namespace Droptune.Functions.Monitoring.Uncertain;

/// <summary>A text of which a model was least certain, with what it said: to be labelled.</summary>
public sealed record UncertainText
{
    public required string Text { get; init; }

    public required string Version { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Of the text label or the entity that is least sure; of several labels, of the one nearest to its threshold.</summary>
    public required float Score { get; init; }

    public PredictedLabel? Label { get; init; }

    /// <summary>Where a text can have several labels: those that it was given.</summary>
    public IReadOnlyList<PredictedLabel>? Labels { get; init; }

    public IReadOnlyList<PredictedEntity>? Entities { get; init; }
}
