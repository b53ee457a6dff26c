namespace Droptune.Core.Metrics;

/// <summary>
/// Precision, recall and F1 of entities, which count when place and label are both right: the figures of seqeval
/// (https://github.com/chakki-works/seqeval) in its default mode.
/// </summary>
public sealed record EntityScores
{
    /// <summary>By label, sorted; labels that were expected or predicted.</summary>
    public required IReadOnlyDictionary<string, Scores> PerLabel { get; init; }

    /// <summary>Over all entities alike: the figure that papers report.</summary>
    public required Scores Micro { get; init; }

    public required Scores Macro { get; init; }

    public required Scores Weighted { get; init; }

    /// <summary>Part of tags that are right; null where entities were compared without tags.</summary>
    public double? Accuracy { get; init; }

    /// <summary>Scores of tag sequences. Malformed ones count too: a lone I-X is an entity, as in conlleval.</summary>
    public static EntityScores OfTags(
        IReadOnlyList<IReadOnlyList<string>> expected, IReadOnlyList<IReadOnlyList<string>> predicted)
    {
        var (tags, right) = (0, 0);
        foreach (var (sentence, guess) in Pairs(expected, predicted))
        {
            if (sentence.Count != guess.Count)
            {
                throw new ArgumentException($"A sentence of {sentence.Count} tags was predicted with {guess.Count}.", nameof(predicted));
            }

            tags += sentence.Count;
            right += sentence.Zip(guess).Count(pair => pair.First == pair.Second);
        }

        return OfEntities([.. expected.Select(EntityReader.Read)], [.. predicted.Select(EntityReader.Read)]) with { Accuracy = tags == 0 ? 0 : (double)right / tags };
    }

    /// <summary>Scores of entities, sentence by sentence.</summary>
    public static EntityScores OfEntities(
        IReadOnlyList<IEnumerable<Entity>> expected, IReadOnlyList<IEnumerable<Entity>> predicted)
    {
        var counts = new SortedDictionary<string, (int Correct, int Predicted, int Expected)>(StringComparer.Ordinal);
        foreach (var (sentence, guess) in Pairs(expected, predicted))
        {
            var right = sentence.ToHashSet();
            foreach (var entity in right)
            {
                Count(entity.Label, (0, 0, 1));
            }

            foreach (var entity in guess.ToHashSet())
            {
                Count(entity.Label, (right.Contains(entity) ? 1 : 0, 1, 0));
            }
        }

        var perLabel = counts.ToDictionary(label => label.Key, label => Scores.Of(label.Value.Correct, label.Value.Predicted, label.Value.Expected));
        return new()
        {
            PerLabel = perLabel,
            Micro = Scores.Of(counts.Values.Sum(c => c.Correct), counts.Values.Sum(c => c.Predicted), counts.Values.Sum(c => c.Expected)),
            Macro = Scores.Macro(perLabel.Values),
            Weighted = Scores.Weighted(perLabel.Values),
        };

        void Count(string label, (int Correct, int Predicted, int Expected) more)
        {
            var sum = counts.GetValueOrDefault(label);
            counts[label] = (sum.Correct + more.Correct, sum.Predicted + more.Predicted, sum.Expected + more.Expected);
        }
    }

    private static IEnumerable<(T Expected, T Predicted)> Pairs<T>(IReadOnlyList<T> expected, IReadOnlyList<T> predicted) =>
        expected.Count == predicted.Count ? expected.Zip(predicted)
            : throw new ArgumentException($"{expected.Count} sentences were predicted with {predicted.Count}.", nameof(predicted));
}
