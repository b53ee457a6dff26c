using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Records;

namespace Droptune.Core.Datasets.Quality;

/// <summary>Counts labels by split, and reports what their numbers say.</summary>
internal sealed class LabelCounter
{
    private readonly List<long[]> _counts = []; // by label id, then split

    public void Add(int label, Split split)
    {
        while (_counts.Count <= label)
        {
            _counts.Add(new long[3]);
        }

        _counts[label][(int)split]++;
    }

    /// <summary>All labels that occur, most in train first.</summary>
    public IReadOnlyList<LabelCount> Counts(LabelTable labels) =>
        [.. _counts.Select((counts, id) => new LabelCount(labels[id], counts[0], counts[1], counts[2]))
            .Where(count => count.Train + count.Dev + count.Test > 0)
            .OrderByDescending(count => count.Train).ThenBy(count => count.Label, StringComparer.Ordinal)];

    public static void Report(IReadOnlyList<LabelCount> counts, string one, string many, FindingLog log, ValidationSettings limits)
    {
        foreach (var count in counts)
        {
            if (count.Train == 0)
            {
                log.Add(FindingCode.LabelNotInTrain, $"'{count.Label}' is in dev ({count.Dev}) or test ({count.Test}), but not in train.");
            }
            else if (count.Train < limits.MinExamplesPerLabel)
            {
                log.Add(FindingCode.RareLabel, $"'{count.Label}' has {count.Train} {(count.Train == 1 ? one : many)} in train.");
            }
        }

        foreach (var alike in counts.GroupBy(count => Fold(count.Label)).Where(group => group.Count() > 1))
        {
            log.Add(FindingCode.SimilarLabels, $"{string.Join(", ", alike.Select(count => $"'{count.Label}' ({count.Train})"))} differ only in case, spaces or punctuation.");
        }
    }

    private static string Fold(string label)
    {
        var letters = string.Concat(label.Where(char.IsLetterOrDigit)).ToLowerInvariant();
        return letters.Length > 0 ? letters : label;
    }
}
