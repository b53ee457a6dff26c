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

        var scores = EntityScores.OfEntities([.. expected.Select(Entities)], [.. predicted.Select(Entities)]);
        return new()
        {
            PerLabel = scores.PerLabel,
            Micro = scores.Micro,
            Macro = scores.Macro,
            Weighted = scores.Weighted,
            SubsetAccuracy = Mean(expected.Zip(predicted).Count(text => text.First.ToHashSet().SetEquals(text.Second))),
            ExpectedCardinality = Mean(scores.Micro.Support),
            PredictedCardinality = Mean(predicted.Sum(labels => labels.Distinct().Count())),
        };

        // A label is counted as an entity that is the whole text.
        static IEnumerable<Entity> Entities(IReadOnlyList<string> labels) => labels.Select(label => new Entity(0, 0, label));

        double Mean(int sum) => expected.Count == 0 ? 0 : (double)sum / expected.Count;
    }
}
