namespace Droptune.Core.Metrics;

/// <summary>Scores of one label a text: the figures of scikit-learn's classification_report and confusion_matrix.</summary>
public sealed record ClassificationScores
{
    /// <summary>Part of texts whose label is right; 0 without texts.</summary>
    public required double Accuracy { get; init; }

    /// <summary>By label, in the order of <see cref="Labels"/>.</summary>
    public required IReadOnlyDictionary<string, Scores> PerLabel { get; init; }

    public required Scores Macro { get; init; }

    public required Scores Weighted { get; init; }

    /// <summary>Rows and columns of <see cref="Confusion"/>.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>How often a label (row) was predicted as another (column).</summary>
    public required IReadOnlyList<IReadOnlyList<int>> Confusion { get; init; }

    /// <param name="expected">The right label of each text.</param>
    /// <param name="predicted">The predicted one.</param>
    /// <param name="labels">Labels to report on; by default those that occur, sorted. Others count as wrong and no more.</param>
    public static ClassificationScores Of(
        IReadOnlyList<string> expected, IReadOnlyList<string> predicted, IReadOnlyList<string>? labels = null)
    {
        if (expected.Count != predicted.Count)
        {
            throw new ArgumentException($"{expected.Count} labels were predicted with {predicted.Count}.", nameof(predicted));
        }

        labels ??= [.. expected.Concat(predicted).Distinct().Order(StringComparer.Ordinal)];
        var index = labels.Select((label, i) => (label, i)).ToDictionary(label => label.label, label => label.i);
        var confusion = labels.Select(_ => new int[labels.Count]).ToArray();
        foreach (var (right, guess) in expected.Zip(predicted))
        {
            if (index.TryGetValue(right, out var row) && index.TryGetValue(guess, out var column))
            {
                confusion[row][column]++;
            }
        }

        var (predictions, supports) = (Counts(predicted), Counts(expected));
        var perLabel = labels.Select((label, i) => (label, Scores.Of(confusion[i][i], predictions.GetValueOrDefault(label), supports.GetValueOrDefault(label))))
            .ToDictionary();
        var correct = expected.Zip(predicted).Count(pair => pair.First == pair.Second);
        return new()
        {
            Accuracy = expected.Count == 0 ? 0 : (double)correct / expected.Count,
            PerLabel = perLabel,
            Macro = Scores.Macro(perLabel.Values),
            Weighted = Scores.Weighted(perLabel.Values),
            Labels = labels,
            Confusion = confusion,
        };
    }

    private static Dictionary<string, int> Counts(IEnumerable<string> labels) => labels.CountBy(label => label).ToDictionary();
}
