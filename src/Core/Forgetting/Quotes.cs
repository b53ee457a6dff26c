using Droptune.Core.Datasets;

namespace Droptune.Core.Forgetting;

/// <summary>Takes what findings quote out of a report.</summary>
public static class Quotes
{
    private const int ShortestRun = 8; // characters in a row that two texts share by more than chance

    /// <summary>The report without any quotes.</summary>
    public static DatasetReport WithoutAny(DatasetReport report) => Without(report, "", isInDataset: true) ?? report;

    /// <summary>The report without the quotes that may be of a text; without any if it is known to have been in the dataset.</summary>
    /// <returns>Null when it has none.</returns>
    internal static DatasetReport? Without(DatasetReport report, string text, bool isInDataset)
    {
        var findings = report.Findings.Select(finding => IsOf(finding.Excerpt) || IsOf(finding.Message)
            ? finding with { Excerpt = null, Message = FindingRule.Of(finding.Code).Meaning }
            : finding).ToList();
        var pairs = report.Quality.Confusable.Select(pair => IsOf(pair.Example) ? pair with { Example = null } : pair).ToList();
        return findings.SequenceEqual(report.Findings) && pairs.SequenceEqual(report.Quality.Confusable)
            ? null
            : report with { Findings = findings, Quality = report.Quality with { Confusable = pairs } };

        bool IsOf(string? quote) => quote is not null && (isInDataset || Share(text, quote));
    }

    /// <summary>Whether a quote has a run of characters of the text, or a short text as a whole.</summary>
    internal static bool Share(string text, string quote)
    {
        (text, quote) = (Folded(text), Folded(quote));
        var length = Math.Min(ShortestRun, text.Length);
        return length > 0 && Enumerable.Range(0, text.Length - length + 1).Any(start => quote.Contains(text.Substring(start, length), StringComparison.Ordinal));
    }

    private static string Folded(string text) => string.Join(' ', text.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
