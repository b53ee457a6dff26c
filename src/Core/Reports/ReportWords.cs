using Droptune.Core.Datasets;
using Droptune.Core.Evaluation;
using Droptune.Core.Metrics;
using Droptune.Core.Models;
using static Droptune.Core.DroptuneJson;

namespace Droptune.Core.Reports;

/// <summary>How all forms of a report say the same things.</summary>
internal static class ReportWords
{
    /// <summary>What a reader must know of the scores of a version that was trained on its dev split.</summary>
    public const string TrainedOnDev =
        "The version was trained on train and dev, which were too few to hold some back: what is said of dev is out-of-fold, the answers of models made in the same way without a part of both to that part.";

    public static string Headline(DatasetReport report)
    {
        var errors = report.Totals.Where(total => total.Severity == Severity.Error).Sum(total => total.Count);
        var warnings = report.Totals.Where(total => total.Severity == Severity.Warning).Sum(total => total.Count);
        return $"{(report.Accepted ? "accepted" : "rejected")}: {Count(errors, "error")}, {Count(warnings, "warning")}";
    }

    public static string Summary(DatasetReport report)
    {
        var task = report.Task is { } known ? Word(known) : "unknown task";
        var scheme = report.TagScheme is { } tags ? $", tags in {tags}" : "";
        var texts = report.UnlabelledTexts > 0 ? $", {Count(report.UnlabelledTexts, "text")} without labels" : "";
        var leftOut = report.LeftOut > 0 ? $", {Count(report.LeftOut, "record")} left out" : "";
        return $"{task}{scheme}; {Figures.Count(report.Counts.Train)} train, {Figures.Count(report.Counts.Dev)} dev, {Figures.Count(report.Counts.Test)} test examples{texts}{leftOut}";
    }

    public static string SplitOf(FileSummary file) => file.IsJoined ? "joined by text" :
        file.IsPart ? "" : file.StatesSplits ? "by its records" :
        file.Split is { } split ? (file.SplitWord is { } word && word != Word(split) ? $"{Word(split)}, by '{word}'" : Word(split)) : SplitPlan.IsUnlabelled(file.Name) ? "no labels" : "by hash";

    /// <summary>file:line:column, as editors and terminals link it; "dataset" for a finding about all of it.</summary>
    public static string Place(Finding finding) => finding.File is null
        ? "dataset"
        : string.Join(':', new[] { finding.File, $"{finding.Line}", $"{finding.Column}" }.Where(part => part.Length > 0));

    /// <summary>The lengths that the report draws: "9 to 16" and so on.</summary>
    public static IEnumerable<(string Name, long Count)> LengthBins(LengthSummary lengths)
    {
        var from = 1;
        foreach (var bin in lengths.Characters)
        {
            yield return (bin.UpTo is { } upTo ? $"{from} to {upTo}" : $"{from} and more", bin.Count);
            from = (bin.UpTo ?? 0) + 1;
        }
    }

    public static string UpTo(LengthScore length) => length.UpTo is { } most ? $"up to {most}" : "more";

    public static string LengthNote(LengthSummary lengths)
    {
        var unknown = lengths.UnknownPieces is { } share ? string.Create(CultureInfo.InvariantCulture, $" {share:P1} of the pieces are unknown to the base model.") : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"{lengths.MeanCharacters:F1} characters on average, {lengths.MaxCharacters:N0} at most. {Count(lengths.Windowed, "example")} of more than {lengths.MaxLength - 2} {lengths.Unit} will be read in windows.{unknown}");
    }

    /// <summary>What labels are made of, a sentence with a space before it; empty where it is words.</summary>
    public static string UnitNote(DatasetReport report) =>
        (report.IsRunningText ? " Words of a language without spaces are joined to texts for training and evaluation, as they will be asked." : "")
        + (report.Units is not { } units ? ""
            : $" Entities begin or end inside words: those are cut where their script changes{(units.Pieces.Count == 0 ? "" : $", and {string.Join(", ", units.Pieces)} at each piece of the vocabulary")}.");

    /// <summary>What a training starts from, and what becomes of upper and lower case; sentences.</summary>
    public static string BaseNote(DatasetReport report)
    {
        var start = report.Base?.Name ?? BaseModel.Scratch;
        var letters = (report.Quality.CaseCarriesLabels, start == BaseModel.Scratch) switch
        {
            (true, true) => "Upper and lower case tell labels apart: a model from scratch keeps them.",
            (false, true) => "Upper and lower case tell no labels apart: a model from scratch reads all texts in lower case.",
            (true, false) => "Upper and lower case tell labels apart: see whether the base model reads them.",
            _ => "Upper and lower case tell no labels apart.",
        };
        return $"Training starts from {start}. {letters}";
    }

    public static string Describe(ConfusableLabels pair) => pair.Shared is { } shared
        ? $"{Count(shared, "entity", "entities")} with the same words, such as \"{pair.Example}\""
        : string.Create(CultureInfo.InvariantCulture, $"similarity {pair.Similarity:F2} of the words in their texts");

    public static string Against(Comparison comparison) =>
        $"Against {comparison.With} {comparison.Version} on {comparison.Split.Name()}{(comparison.DatasetVersion is { } version ? $" of {version}" : "")}:";

    public static string Verdict(Comparison comparison) => comparison.IsDrop ? "a real drop" : comparison.IsReal ? "a real gain" : "may be chance";

    public static string MistakenFor(EntityErrors label) =>
        string.Join(", ", label.MistakenFor.OrderByDescending(other => other.Value).Select(other => $"{other.Key} ({other.Value})"));

    /// <summary>The label of a text, or all that it has.</summary>
    public static string? LabelOf(string? label, IReadOnlyList<string>? labels) => labels switch
    {
        null => label,
        [] => "no label",
        _ => string.Join(", ", labels),
    };

    public static string LabelsNote(MultiLabelScores labels) =>
        $"{Figures.Percent(labels.SubsetAccuracy)} of texts with all labels right. {Figures.Number(labels.PredictedCardinality)} labels a text, {Figures.Number(labels.ExpectedCardinality)} expected.";

    public static string CardinalityNote(LabelCardinality labels) =>
        $"{Figures.Number(labels.Mean)} labels a text in the mean, {labels.Most} at most; {Count(labels.Unlabelled, "text")} without any.";

    private static string Count(long count, string one, string? many = null) => $"{Figures.Count(count)} {(count == 1 ? one : many ?? one + "s")}";
}
