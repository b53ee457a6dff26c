namespace Droptune.Core.Metrics;

/// <summary>
/// From which probability on a label holds: for each label the threshold with the best F1 on dev (Yang 2001, "A study on
/// thresholding strategies for text categorization", SCut).
/// </summary>
public static class LabelThresholds
{
    /// <summary>Where dev does not say more.</summary>
    public const float Default = 0.5f;

    /// <summary>
    /// The threshold of each label. Tried are <see cref="Default"/> and the middles between neighbouring probabilities; of those that
    /// are equally good the one nearest to <see cref="Default"/> is taken. A label that dev has no example of gets <see cref="Default"/>.
    /// </summary>
    /// <param name="probabilities">Of each text, one a label.</param>
    /// <param name="expected">The right labels of each text, by id.</param>
    /// <param name="labels">The number of labels.</param>
    public static float[] Choose(IReadOnlyList<float[]> probabilities, IReadOnlyList<IReadOnlySet<int>> expected, int labels) =>
        [.. Enumerable.Range(0, labels).Select(label => Choose([.. probabilities.Zip(expected, (text, right) => (text[label], right.Contains(label)))]))];

    private static float Choose((float Probability, bool Holds)[] texts)
    {
        var support = texts.Count(text => text.Holds);
        if (support == 0)
        {
            return Default;
        }

        Array.Sort(texts, (a, b) => b.Probability.CompareTo(a.Probability));
        var (best, bestF1) = (Default, F1(texts.Count(text => text.Holds && text.Probability >= Default), texts.Count(text => text.Probability >= Default)));
        var correct = 0;
        for (var predicted = 1; predicted <= texts.Length; predicted++)
        {
            correct += texts[predicted - 1].Holds ? 1 : 0;
            var (probability, next) = (texts[predicted - 1].Probability, predicted == texts.Length ? 0 : texts[predicted].Probability);
            var threshold = (probability + next) / 2;
            var f1 = F1(correct, predicted);
            if (next < threshold && (f1 > bestF1 || (f1 == bestF1 && Math.Abs(threshold - Default) < Math.Abs(best - Default))))
            {
                (best, bestF1) = (threshold, f1);
            }
        }

        return best;

        double F1(int right, int predicted) => 2.0 * right / (predicted + support);
    }
}
