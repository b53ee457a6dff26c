namespace Droptune.Core.Metrics;

/// <summary>Scores of several labels a text: the figures of scikit-learn's classification_report for label indicators.</summary>
public sealed record MultiLabelScores
{
    /// <summary>By label, sorted; labels that were expected or predicted.</summary>
    public required IReadOnlyDictionary<string, Scores> PerLabel { get; init; }

    /// <summary>Over all labels of all texts alike: the main score.</summary>
    public required Scores Micro { get; init; }

    public required Scores Macro { get; init; }

    public required Scores Weighted { get; init; }

    /// <summary>Part of texts whose labels are all right; 0 without texts.</summary>
    public required double SubsetAccuracy { get; init; }

    /// <summary>Label cardinality: how many labels a text has in the mean (Tsoumakas and Katakis 2007).</summary>
    public required double ExpectedCardinality { get; init; }

    /// <summary>The same of the predicted ones.</summary>
    public required double PredictedCardinality { get; init; }

    /// <param name="expected">The right labels of each text.</param>
    /// <param name="predicted">The predicted ones.</param>
    public static MultiLabelScores Of(IReadOnlyList<IReadOnlyList<string>> expected, IReadOnlyList<IReadOnlyList<string>> predicted)
    {
        if (expected.Count != predicted.Count)
        {
            throw new ArgumentException($"The labels of {expected.Count} texts were predicted with those of {predicted.Count}.", nameof(predicted));
        }

        var counts = new SortedDictionary<string, (int Correct, int Predicted, int Expected)>(StringComparer.Ordinal);
        var exact = 0;
        foreach (var (right, guess) in expected.Zip(predicted))
        {
            var (rightOnes, guessed) = (right.ToHashSet(), guess.ToHashSet());
            exact += rightOnes.SetEquals(guessed) ? 1 : 0;
            foreach (var label in rightOnes.Union(guessed))
            {
                var (isRight, isGuessed) = (rightOnes.Contains(label), guessed.Contains(label));
                var sum = counts.GetValueOrDefault(label);
                counts[label] = (sum.Correct + (isRight && isGuessed ? 1 : 0), sum.Predicted + (isGuessed ? 1 : 0), sum.Expected + (isRight ? 1 : 0));
            }
        }

        var perLabel = counts.ToDictionary(label => label.Key, label => Scores.Of(label.Value.Correct, label.Value.Predicted, label.Value.Expected));
        var micro = Scores.Of(counts.Values.Sum(c => c.Correct), counts.Values.Sum(c => c.Predicted), counts.Values.Sum(c => c.Expected));
        return new()
        {
            PerLabel = perLabel,
            Micro = micro,
            Macro = Scores.Macro(perLabel.Values),
            Weighted = Scores.Weighted(perLabel.Values),
            SubsetAccuracy = Mean(exact),
            ExpectedCardinality = Mean(micro.Support),
            PredictedCardinality = Mean(counts.Values.Sum(c => c.Predicted)),
        };

        double Mean(int sum) => expected.Count == 0 ? 0 : (double)sum / expected.Count;
    }
}
