using System.ComponentModel.DataAnnotations;
using Droptune.Core.Metrics;

namespace Droptune.Core.Evaluation;

/// <summary>When a candidate takes the place of the served version.</summary>
public sealed record PromotionSettings
{
    public const string Section = "Promotion";

    /// <summary>How much better its main score on dev must be at least. By default any gain counts.</summary>
    [Range(0, 1)]
    public double Margin { get; init; }

    /// <summary>The gain must be real: zero outside the bootstrap interval. Off by default: a small dev split shows only large gains.</summary>
    public bool MustBeSignificant { get; init; }

    /// <summary>No label may fall below this F1 on dev that was not below it before.</summary>
    [Range(0, 1)]
    public double LabelFloor { get; init; } = 0.5;

    /// <summary>Labels with fewer examples on dev are not held to the floor: one error would decide.</summary>
    [Range(1, int.MaxValue)]
    public int LabelFloorSupport { get; init; } = 5;
}

/// <summary>Whether a candidate is promoted, by dev alone; <paramref name="Reason"/> is a sentence for the history.</summary>
public sealed record PromotionDecision(bool Promote, string Reason)
{
    /// <param name="candidate">The candidate's evaluation.</param>
    /// <param name="served">That of the served version on the same dataset version; null if nothing is served.</param>
    /// <param name="settings">The rules.</param>
    public static PromotionDecision Decide(EvaluationReport candidate, EvaluationReport? served, PromotionSettings settings)
    {
        if (served is null)
        {
            return new(true, "Nothing was served yet.");
        }

        if (Comparison.Of(candidate, served, "production", Split.Dev) is not { } comparison)
        {
            return new(false, $"Not comparable with {served.Version}: the two were not evaluated on the same dev examples.");
        }

        var figures = $"{Figures.Percent(comparison.Other + comparison.Difference)} on dev against {Figures.Percent(comparison.Other)} of "
            + $"{served.Version}, difference {comparison}";
        if (comparison.Difference <= 0 || comparison.Difference < settings.Margin)
        {
            var margin = settings.Margin > 0 ? $" by the margin of {Figures.Number(settings.Margin * 100)} points" : "";
            return new(false, $"Not better{margin}: {figures}.");
        }

        if (settings.MustBeSignificant && comparison.Low <= 0)
        {
            return new(false, $"The gain may be chance: {figures}.");
        }

        return FallenLabel(candidate, served, settings) is { } label
            ? new(false, $"The label {label.Label} fell from {Figures.Percent(label.Before)} to {Figures.Percent(label.After)}, below the "
                + $"floor of {Figures.Percent(settings.LabelFloor)}; else better: {figures}.")
            : new(true, $"Better: {figures}.");
    }

    private static LabelChange? FallenLabel(EvaluationReport candidate, EvaluationReport served, PromotionSettings settings)
    {
        var before = LabelChange.ScoresOf(served.Splits[Split.Dev]);
        return LabelChange.ScoresOf(candidate.Splits[Split.Dev])
            .Where(label => label.Value.Support >= settings.LabelFloorSupport && label.Value.F1 < settings.LabelFloor)
            .Select(label => new LabelChange(label.Key, before.GetValueOrDefault(label.Key)?.F1 ?? 0, label.Value.F1, label.Value.Support))
            .Where(label => label.Before >= settings.LabelFloor)
            .OrderBy(label => label.After - label.Before).FirstOrDefault();
    }
}
