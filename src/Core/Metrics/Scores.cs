namespace Droptune.Core.Metrics;

/// <summary>
/// Precision, recall and F1 of a label or of an average, 0 where there is nothing to divide by; <paramref name="Support"/> is
/// how often the label was expected.
/// </summary>
public sealed record Scores(double Precision, double Recall, double F1, int Support)
{
    /// <summary>From counts: predicted rightly, predicted at all, expected.</summary>
    public static Scores Of(int correct, int predicted, int expected)
    {
        var precision = predicted == 0 ? 0 : (double)correct / predicted;
        var recall = expected == 0 ? 0 : (double)correct / expected;

        return new(precision, recall, precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall), expected);
    }

    /// <summary>The mean over labels, each counting the same; 0 without labels (where seqeval says NaN).</summary>
    public static Scores Macro(IReadOnlyCollection<Scores> labels) => Average(labels, _ => 1);

    /// <summary>The mean over labels, each counting as often as it was expected.</summary>
    public static Scores Weighted(IReadOnlyCollection<Scores> labels) => Average(labels, label => label.Support);

    private static Scores Average(IReadOnlyCollection<Scores> labels, Func<Scores, double> weight)
    {
        var total = labels.Sum(weight);
        return new(Mean(label => label.Precision), Mean(label => label.Recall), Mean(label => label.F1), labels.Sum(label => label.Support));

        double Mean(Func<Scores, double> score) => total == 0 ? 0 : labels.Sum(label => weight(label) * score(label)) / total;
    }
}
