using Droptune.Core.Metrics;

namespace Droptune.Core.Evaluation;

/// <summary>
/// What became of the entities of one label. An expected entity is right, or else matched to the predicted one that overlaps it
/// most: of the same label (a wrong boundary) or of another (mistaken for it); without one it is missed.
/// </summary>
public sealed record EntityErrors
{
    public required string Label { get; init; }

    public int Correct { get; init; }

    public int WrongBoundary { get; init; }

    public int Missed { get; init; }

    /// <summary>Predicted with this label where nothing was expected.</summary>
    public int Spurious { get; init; }

    /// <summary>How often it was predicted as another label.</summary>
    public IReadOnlyDictionary<string, int> MistakenFor { get; init; } = new Dictionary<string, int>();

    /// <summary>Counts over sentences, by label.</summary>
    public static IReadOnlyList<EntityErrors> Of(IEnumerable<(IReadOnlyList<Entity> Expected, IReadOnlyList<Entity> Predicted)> sentences)
    {
        var labels = new SortedDictionary<string, (int Correct, int Boundary, int Missed, int Spurious, SortedDictionary<string, int> Mistaken)>(
            StringComparer.Ordinal);
        foreach (var (expected, predicted) in sentences)
        {
            var right = expected.Intersect(predicted).ToHashSet();
            var open = predicted.Where(entity => !right.Contains(entity)).ToList();
            foreach (var entity in expected)
            {
                var counts = Of(entity.Label);
                if (right.Contains(entity))
                {
                    labels[entity.Label] = counts with { Correct = counts.Correct + 1 };
                    continue;
                }

                var rival = open.Where(other => Overlap(entity, other) > 0)
                    .OrderByDescending(other => Overlap(entity, other)).ThenByDescending(other => other.Label == entity.Label)
                    .Cast<Entity?>().FirstOrDefault();
                if (rival is not { } found)
                {
                    labels[entity.Label] = counts with { Missed = counts.Missed + 1 };
                    continue;
                }

                open.Remove(found);
                if (found.Label == entity.Label)
                {
                    labels[entity.Label] = counts with { Boundary = counts.Boundary + 1 };
                }
                else
                {
                    counts.Mistaken[found.Label] = counts.Mistaken.GetValueOrDefault(found.Label) + 1;
                }
            }

            foreach (var entity in open)
            {
                var counts = Of(entity.Label);
                labels[entity.Label] = counts with { Spurious = counts.Spurious + 1 };
            }
        }

        return [.. labels.Select(label => new EntityErrors
        {
            Label = label.Key,
            Correct = label.Value.Correct,
            WrongBoundary = label.Value.Boundary,
            Missed = label.Value.Missed,
            Spurious = label.Value.Spurious,
            MistakenFor = label.Value.Mistaken,
        })];

        (int Correct, int Boundary, int Missed, int Spurious, SortedDictionary<string, int> Mistaken) Of(string label)
        {
            if (!labels.TryGetValue(label, out var counts))
            {
                labels[label] = counts = (0, 0, 0, 0, new(StringComparer.Ordinal));
            }

            return counts;
        }
    }

    private static int Overlap(Entity a, Entity b) => Math.Min(a.End, b.End) - Math.Max(a.Start, b.Start);
}
