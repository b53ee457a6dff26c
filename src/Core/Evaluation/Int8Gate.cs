using Droptune.Core.Metrics;

namespace Droptune.Core.Evaluation;

/// <summary>Whether the int8 model is as good as the 32-bit one, by both evaluations of dev.</summary>
/// <param name="Passed">It may be served. Without a dev split nothing speaks for it.</param>
/// <param name="Drops">Every figure that was compared, the largest drop first.</param>
public sealed record Int8Gate(bool Passed, IReadOnlyList<ScoreDrop> Drops)
{
    /// <summary>Most that entity F1, accuracy and the micro F1 of several labels may fall.</summary>
    public const double OverallDrop = 0.003;

    /// <summary>Most that the F1 of a label may fall that dev holds often enough.</summary>
    public const double LabelDrop = 0.01;

    /// <summary>Labels that are rarer on dev are not compared: one example more or less would decide.</summary>
    public const int LabelSupport = 20;

    public static Int8Gate Decide(SplitEvaluation full, SplitEvaluation quantized)
    {
        List<ScoreDrop> drops =
        [
            .. Labels("entity", full.Entities?.PerLabel, quantized.Entities?.PerLabel),
            .. Labels("label", full.MultiLabels?.PerLabel ?? full.Labels?.PerLabel, quantized.MultiLabels?.PerLabel ?? quantized.Labels?.PerLabel),
        ];
        if (full.Entities is { } entities)
        {
            drops.Add(new("f1", entities.Micro.F1, quantized.Entities!.Micro.F1, OverallDrop));
        }

        if (full.Labels is { } labels)
        {
            drops.Add(new("accuracy", labels.Accuracy, quantized.Labels!.Accuracy, OverallDrop));
        }

        if (full.MultiLabels is { } several)
        {
            drops.Add(new("microF1", several.Micro.F1, quantized.MultiLabels!.Micro.F1, OverallDrop));
        }

        return new(full.Examples > 0 && drops.TrueForAll(drop => drop.IsAllowed), [.. drops.OrderBy(drop => drop.Quantized - drop.Full)]);
    }

    private static IEnumerable<ScoreDrop> Labels(
        string kind, IReadOnlyDictionary<string, Scores>? full, IReadOnlyDictionary<string, Scores>? quantized) =>
        from label in full ?? new Dictionary<string, Scores>()
        where label.Value.Support >= LabelSupport
        select new ScoreDrop($"{kind} {label.Key}", label.Value.F1, quantized?.GetValueOrDefault(label.Key)?.F1 ?? 0, LabelDrop);
}

/// <summary>A figure of both models, and how much it may fall.</summary>
public sealed record ScoreDrop(string Name, double Full, double Quantized, double Allowed)
{
    // Scores are quotients of counts: a drop of exactly what is allowed must not fail for its last bit.
    public bool IsAllowed => Full - Quantized <= Allowed + 1e-9;
}
