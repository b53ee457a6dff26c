using Droptune.Core.Evaluation;
using Droptune.Core.Metrics;
using Droptune.Core.Reports.Markup;
using static Droptune.Core.Reports.Markup.Html;
using static Droptune.Core.Reports.ReportWords;

namespace Droptune.Core.Reports;

/// <summary>An evaluation as one HTML file that needs no server, no script and no network: <c>evaluation-{utc}.html</c>.</summary>
public static class EvaluationHtml
{
    private const int LargestMatrix = 30; // labels; of more, only the confusions that happened are listed
    private const int MostConfusions = 40;

    public static string Write(EvaluationReport report)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            <h1>{Safe(report.Model)} <small>{Safe(report.Version)}</small></h1>
            <p>Evaluated {report.At:yyyy-MM-dd HH:mm} UTC on dataset {Safe(report.Dataset)} {Safe(report.DatasetVersion)}{(report.Artefact is { } file ? $", as served ({Safe(file)})" : "")}.</p>

            """);
        if (report.Promotion is { } promotion)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p class=\"note\"><b>{(promotion.Promote ? "Promoted." : "Not promoted.")}</b> {Safe(promotion.Reason)}</p>\n");
        }

        if (report.DevTrained)
        {
            page.Append($"<p>{TrainedOnDev}</p>\n");
        }

        foreach (var comparison in report.Comparisons)
        {
            Write(page, comparison);
        }

        foreach (var (split, found) in report.Splits)
        {
            Write(page, split, found, report.Thresholds);
        }

        if (report.TrainedOn is { } trained)
        {
            page.Append(CultureInfo.InvariantCulture, $"<h2>On the dataset version that it was trained on <small>{Safe(trained.DatasetVersion)}</small></h2>\n");
            Table(page, ["split", "examples", "main score", "wholly right"], trained.Splits.Select(split => new[]
            {
                split.Key.Name(), $"{split.Value.Examples}", Figures.Percent(split.Value.MainScore), Figures.Percent(split.Value.Exact),
            }));
        }

        return Page($"{report.Model} {report.Version}: evaluation", page);
    }

    private static void Write(StringBuilder page, Comparison comparison)
    {
        page.Append($"<p class=\"note{(comparison.IsDrop ? " bad" : "")}\">{Safe(Against(comparison))} <b>{Safe(comparison.ToString())}</b>, {Verdict(comparison)}.</p>\n");
        if (comparison.Labels.Count > 0)
        {
            Details(page, "Labels that changed", () => Table(page, ["label", "before", "after", "support"], comparison.Labels
                .Select(label => new[] { Safe(label.Label), Figures.Percent(label.Before), Figures.Percent(label.After), $"{label.Support}" })));
        }
    }

    private static void Write(StringBuilder page, Split split, SplitEvaluation found, IReadOnlyDictionary<string, float>? thresholds)
    {
        page.Append(CultureInfo.InvariantCulture, $"<h2>{split.Name()} <small>{found.Examples} examples</small></h2>\n<dl class=\"figures\">\n");
        Entry("main score", Figures.Percent(found.MainScore));
        Entry("entity F1", found.Entities is { } e ? Figures.Percent(e.Micro.F1) : null);
        Entry("label accuracy", found.Labels is { } l ? Figures.Percent(l.Accuracy) : null);
        Entry("label micro F1", found.MultiLabels is { } m ? Figures.Percent(m.Micro.F1) : null);
        Entry("wholly right", Figures.Percent(found.Exact));
        Entry("per example", $"{Figures.Number(found.MillisecondsPerExample)} ms");
        page.Append("</dl>\n");

        if (found.Labels is { } labels)
        {
            page.Append("<h3>Text labels</h3>\n");
            Write(page, labels.PerLabel, ("macro", labels.Macro), ("weighted", labels.Weighted));
            Details(page, "Confusion", () => WriteConfusion(page, labels));
            Write(page, found.LabelCalibration);
        }

        if (found.MultiLabels is { } several)
        {
            page.Append(CultureInfo.InvariantCulture, $"<h3>Text labels</h3>\n<p>{LabelsNote(several)}</p>\n");
            Write(page, several.PerLabel, thresholds, ("micro", several.Micro), ("macro", several.Macro), ("weighted", several.Weighted));
            Write(page, found.LabelCalibration);
        }

        if (found.Entities is { } entities)
        {
            page.Append("<h3>Entities</h3>\n");
            Write(page, entities.PerLabel, ("micro", entities.Micro), ("macro", entities.Macro), ("weighted", entities.Weighted));
            Details(page, "What became of them", () => Write(page, found.EntityErrors!));
            Write(page, found.EntityCalibration);
        }

        if (found.ByLength is { Count: > 1 } lengths)
        {
            page.Append("<h3>By length</h3>\n");
            Table(page, ["characters", "examples", "main score", ""], lengths.Select(length => new[]
            {
                UpTo(length), $"{length.Examples}", Figures.Percent(length.MainScore), Svg.Bar(length.MainScore),
            }));
        }

        if (found.ErrorCount > 0)
        {
            var shown = found.Errors.Count < found.ErrorCount ? $"{found.Errors.Count} of {found.ErrorCount}" : $"{found.ErrorCount}";
            Details(page, $"Errors: {shown}, the most confident first", () => WriteErrors(page, found.Errors), isErrors: true);
        }

        void Entry(string name, string? value) => page.Append(value is null ? "" : $"<div><dt>{name}</dt><dd>{value}</dd></div>\n");
    }

    private static void Write(StringBuilder page, IReadOnlyDictionary<string, Scores> perLabel, params (string Name, Scores Scores)[] averages) =>
        Write(page, perLabel, null, averages);

    /// <param name="page">What is written to.</param>
    /// <param name="perLabel">Scores of each label.</param>
    /// <param name="thresholds">From which probability on each label holds; null = no column of them.</param>
    /// <param name="averages">Rows below.</param>
    private static void Write(
        StringBuilder page, IReadOnlyDictionary<string, Scores> perLabel, IReadOnlyDictionary<string, float>? thresholds, params (string Name, Scores Scores)[] averages)
    {
        var rows = perLabel.Select(label => Row(Safe(label.Key), label.Value, label.Key)).Concat(averages.Select(a => Row($"<i>{a.Name}</i>", a.Scores, null)));
        string[] head = ["label", "precision", "recall", "F1", "", "support"];
        Table(page, thresholds is null ? head : [.. head, "threshold"], rows);

        string[] Row(string name, Scores scores, string? label)
        {
            string[] cells = [name, Figures.Percent(scores.Precision), Figures.Percent(scores.Recall), Figures.Percent(scores.F1), Svg.Bar(scores.F1), $"{scores.Support}"];
            return thresholds is null ? cells : [.. cells, label is not null && thresholds.TryGetValue(label, out var threshold) ? Figures.Number(threshold) : ""];
        }
    }

    private static void WriteConfusion(StringBuilder page, ClassificationScores labels)
    {
        if (labels.Labels.Count <= LargestMatrix)
        {
            page.Append("<p>Rows: expected. Columns: predicted.</p>\n");
            Table(page, ["", .. labels.Labels.Select(Safe)], labels.Confusion.Select((row, i) =>
                row.Select((count, j) => count == 0 ? "" : i == j ? $"<b>{count}</b>" : $"<em>{count}</em>").Prepend(Safe(labels.Labels[i])).ToArray()));
            return;
        }

        var confusions = labels.Confusion.SelectMany((row, i) => row.Select((count, j) => (Expected: i, Predicted: j, Count: count)))
            .Where(cell => cell.Count > 0 && cell.Expected != cell.Predicted).OrderByDescending(cell => cell.Count).Take(MostConfusions);
        Table(page, ["expected", "predicted", "times"], confusions
            .Select(cell => new[] { Safe(labels.Labels[cell.Expected]), Safe(labels.Labels[cell.Predicted]), $"{cell.Count}" }));
    }

    private static void Write(StringBuilder page, IReadOnlyList<EntityErrors> labels) =>
        Table(page, ["label", "right", "wrong boundary", "missed", "spurious", "mistaken for"], labels.Select(label => new[]
        {
            Safe(label.Label), $"{label.Correct}", $"{label.WrongBoundary}", $"{label.Missed}", $"{label.Spurious}",
            Safe(MistakenFor(label)),
        }));

    private static void Write(StringBuilder page, Calibration? calibration)
    {
        if (calibration is not null)
        {
            Figure(page, Svg.Reliability(calibration), $"How often a score is right: expected calibration error {Figures.Percent(calibration.Ece)}.");
        }
    }

    private static void WriteErrors(StringBuilder page, IReadOnlyList<ExampleError> errors) =>
        Table(page, ["expected", "predicted", "score"], errors.Select(error => new[]
        {
            Marked(error.Text, LabelOf(error.ExpectedLabel, error.ExpectedLabels), error.ExpectedEntities),
            Marked(error.Text, LabelOf(error.PredictedLabel, error.PredictedLabels), error.PredictedEntities),
            Figures.Number(error.Score),
        }));

    /// <summary>The text with its entities marked and named, and its label.</summary>
    private static string Marked(string text, string? label, IReadOnlyList<EntitySpan>? entities)
    {
        var marked = new StringBuilder();
        var end = 0;
        foreach (var entity in entities ?? [])
        {
            marked.Append(Safe(text[end..entity.Start])).Append(CultureInfo.InvariantCulture,
                $"<mark>{Safe(text[entity.Start..entity.End])} <small>{Safe(entity.Label)}</small></mark>");
            end = entity.End;
        }

        marked.Append(Safe(text[end..]));
        return label is null ? marked.ToString() : $"{marked} <span class=\"label\">{Safe(label)}</span>";
    }

    private static void Details(StringBuilder page, string summary, Action content, bool isErrors = false)
    {
        page.Append(CultureInfo.InvariantCulture, $"<details{(isErrors ? " class=\"errors\"" : "")}><summary>{summary}</summary>\n");
        content();
        page.Append("</details>\n");
    }
}
