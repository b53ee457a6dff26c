using Droptune.Core.Metrics;

namespace Droptune.Core.Evaluation;

/// <summary>
/// The difference between two evaluations of the same examples, with a paired bootstrap interval (Efron and Tibshirani 1993;
/// Koehn 2004): a difference is real if zero lies outside.
/// </summary>
public sealed record Comparison
{
    /// <summary>Part of the resampled differences that lie within the interval.</summary>
    public const double Confidence = 0.95;

    private const int Resamples = 2_000;

    /// <summary>What was compared with: "previous" or "production", and its version.</summary>
    public required string With { get; init; }

    public required string Version { get; init; }

    public required Split Split { get; init; }

    /// <summary>The dataset version that both were evaluated on.</summary>
    public string? DatasetVersion { get; init; }

    /// <summary>The other's main score.</summary>
    public required double Other { get; init; }

    /// <summary>This one's main score minus the other's.</summary>
    public required double Difference { get; init; }

    /// <summary>The interval of the difference.</summary>
    public required double Low { get; init; }

    public required double High { get; init; }

    /// <summary>Labels whose F1 changed, the most harmful first.</summary>
    public required IReadOnlyList<LabelChange> Labels { get; init; }

    public bool IsReal => Low > 0 || High < 0;

    /// <summary>A loss that is real.</summary>
    public bool IsDrop => High < 0;

    /// <summary>"+1.20 points (0.35 to 2.10)".</summary>
    public override string ToString() =>
        $"{Figures.Points(Difference)} points ({Figures.Number(Low * 100)} to {Figures.Number(High * 100)})";

    /// <summary>Of all examples that both evaluations saw: of the newest dataset version, and of the one that was trained on.</summary>
    public static IReadOnlyList<Comparison> All(EvaluationReport report, EvaluationReport other, string with) =>
        [.. from mine in report.Evaluated() from split in mine.Splits.Keys select Of(report, mine, other, with, split) into found where found is not null select found];

    /// <summary>Of the newest dataset version. Null where the two did not see the same examples.</summary>
    public static Comparison? Of(EvaluationReport report, EvaluationReport other, string with, Split split) =>
        Of(report, report.Evaluated().First(), other, with, split);

    private static Comparison? Of(EvaluationReport report, DatasetEvaluation evaluated, EvaluationReport other, string with, Split split)
    {
        var same = other.Evaluated().FirstOrDefault(item => item.DatasetVersion == evaluated.DatasetVersion);
        if (report.Dataset != other.Dataset || same is null
            || !evaluated.Splits.TryGetValue(split, out var mine) || !same.Splits.TryGetValue(split, out var theirs)
            || Common(report, mine, other, theirs, split) is not (> 0 and var count))
        {
            return null;
        }

        var hasEntities = mine.Entities is not null;
        var (ours, others) = (mine.Outcomes.Take(count).ToList(), theirs.Outcomes.Take(count).ToList());
        var (low, high) = Interval(ours, others, hasEntities);
        var (score, otherScore) = (Outcome.MainScore(ours, hasEntities), Outcome.MainScore(others, hasEntities));
        return new()
        {
            With = with,
            Version = other.Version,
            Split = split,
            DatasetVersion = evaluated.DatasetVersion,
            Other = otherScore,
            Difference = score - otherScore,
            Low = low,
            High = high,
            Labels = LabelChange.Between(theirs, mine),
        };
    }

    /// <summary>
    /// How many of the first examples both saw. Where one of them was trained on dev, it was asked for dev first, and then for what the other was
    /// trained on.
    /// </summary>
    private static int Common(EvaluationReport report, SplitEvaluation mine, EvaluationReport other, SplitEvaluation theirs, Split split) =>
        mine.Examples == theirs.Examples || (split == Split.Dev && report.DevTrained != other.DevTrained) ? Math.Min(mine.Examples, theirs.Examples) : 0;

    private static (double Low, double High) Interval(List<Outcome> mine, List<Outcome> theirs, bool hasEntities)
    {
        var random = new Random(1); // the same evaluations give the same interval
        var count = mine.Count;
        var drawn = new int[count];
        var differences = new double[Resamples];
        for (var i = 0; i < Resamples; i++)
        {
            for (var j = 0; j < count; j++)
            {
                drawn[j] = random.Next(count);
            }

            differences[i] = Outcome.MainScore(mine, hasEntities, drawn) - Outcome.MainScore(theirs, hasEntities, drawn);
        }

        Array.Sort(differences);
        var cut = (int)(Resamples * (1 - Confidence) / 2);
        return (differences[cut], differences[^(cut + 1)]);
    }
}

/// <summary>A label whose F1 differs between two evaluations.</summary>
public sealed record LabelChange(string Label, double Before, double After, int Support)
{
    private const double LeastChange = 0.005;
    private const int MostChanges = 20;

    internal static IReadOnlyList<LabelChange> Between(SplitEvaluation before, SplitEvaluation after)
    {
        var (then, now) = (ScoresOf(before), ScoresOf(after));
        return [.. then.Keys.Union(now.Keys).Select(label => new LabelChange(label, then.GetValueOrDefault(label)?.F1 ?? 0,
                now.GetValueOrDefault(label)?.F1 ?? 0, (now.GetValueOrDefault(label) ?? then[label]).Support))
            .Where(change => Math.Abs(change.After - change.Before) >= LeastChange)
            .OrderBy(change => (change.After - change.Before) * change.Support).ThenBy(change => change.Label, StringComparer.Ordinal)
            .Take(MostChanges)];
    }

    /// <summary>Scores by label; an entity's and a text's label of one name are told apart.</summary>
    internal static Dictionary<string, Scores> ScoresOf(SplitEvaluation split)
    {
        var entities = split.Entities?.PerLabel ?? new Dictionary<string, Scores>();
        var labels = split.MultiLabels?.PerLabel ?? split.Labels?.PerLabel ?? new Dictionary<string, Scores>();
        return entities.Concat(labels.Select(label => KeyValuePair.Create(entities.ContainsKey(label.Key) ? $"{label.Key} (text)" : label.Key, label.Value)))
            .ToDictionary();
    }
}
