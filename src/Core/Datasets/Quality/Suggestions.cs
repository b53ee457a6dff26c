using Droptune.Core.Datasets.Findings;

namespace Droptune.Core.Datasets.Quality;

/// <summary>Says in sentences what would improve a dataset most.</summary>
internal static class Suggestions
{
    public static IReadOnlyList<string> For(LabelQuality quality, FindingLog log, ValidationSettings limits)
    {
        var suggestions = new List<string>();
        var totals = log.Totals.ToDictionary(total => total.Code, total => total.Count);
        var culture = CultureInfo.InvariantCulture;

        var rare = quality.TextLabels.Concat(quality.EntityLabels).Where(count => count.Train < limits.MinExamplesPerLabel).ToList();
        if (rare.Count > 0)
        {
            var missing = rare.Sum(count => limits.MinExamplesPerLabel - count.Train);
            suggestions.Add(string.Create(culture, $"Collect {missing} more examples in all for {Few(rare.Select(count => count.Label))}: each has fewer than {limits.MinExamplesPerLabel} in train."));
        }

        if (totals.TryGetValue(FindingCode.Leakage, out var leaked))
        {
            suggestions.Add(string.Create(culture, $"Remove the texts that stand in two splits ({leaked} times) from train: until then the scores are too good."));
        }

        if (totals.TryGetValue(FindingCode.ContradictingLabels, out var contradictions))
        {
            suggestions.Add(string.Create(culture, $"Settle the texts that are labelled in two ways ({contradictions} times): no model can learn both."));
        }

        if (quality.Confusable.FirstOrDefault(pair => pair.Similarity >= 0.8) is { } alike)
        {
            suggestions.Add(string.Create(culture, $"Look at '{alike.First}' and '{alike.Second}': their texts use nearly the same words. Merge them, or add texts that show the difference."));
        }

        if (quality.Confusable.FirstOrDefault(pair => pair.Shared >= 10) is { } shared)
        {
            suggestions.Add(string.Create(culture, $"Look at '{shared.First}' and '{shared.Second}': {shared.Shared} entities of one have words of the other, such as '{shared.Example}'."));
        }

        if (totals.ContainsKey(FindingCode.ClassImbalance))
        {
            suggestions.Add("Set training.classWeights, or add examples of the small labels: the large ones dominate.");
        }

        return suggestions;
    }

    private static string Few(IEnumerable<string> labels)
    {
        var all = labels.ToList();
        var shown = string.Join(", ", all.Take(5).Select(label => $"'{label}'"));
        return all.Count > 5 ? string.Create(CultureInfo.InvariantCulture, $"{shown} and {all.Count - 5} other labels") : shown;
    }
}
