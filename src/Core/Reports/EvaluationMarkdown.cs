using Droptune.Core.Evaluation;
using Droptune.Core.Metrics;
using static Droptune.Core.Reports.Markup.Markdown;
using static Droptune.Core.Reports.ReportWords;

namespace Droptune.Core.Reports;

/// <summary>An evaluation as a Markdown page: <c>evaluation-{utc}.md</c>.</summary>
public static class EvaluationMarkdown
{
    private const int MostErrors = 20; // the JSON and the HTML page have the others

    public static string Write(EvaluationReport report)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"# {Safe(report.Model)} {Safe(report.Version)}\n\n");
        page.Append(CultureInfo.InvariantCulture, $"Evaluated {report.At:yyyy-MM-dd HH:mm} UTC on dataset {Safe(report.Dataset)} {Code(report.DatasetVersion)}");
        page.Append(report.Artefact is { } artefact ? $", as served ({Safe(artefact)}).\n" : ".\n");
        if (report.Promotion is { } promotion)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n**{(promotion.Promote ? "Promoted" : "Not promoted")}.** {Safe(promotion.Reason)}\n");
        }

        if (report.DevTrained)
        {
            page.Append($"\n{TrainedOnDev}\n");
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
            page.Append(CultureInfo.InvariantCulture, $"\n## On dataset version {Code(trained.DatasetVersion)}, which it was trained on\n\n");
            page.Append("| split | examples | main score | wholly right |\n|---|---:|---:|---:|\n");
            foreach (var (split, found) in trained.Splits)
            {
                page.Append(Row(split.Name(), $"{found.Examples}", Figures.Percent(found.MainScore), Figures.Percent(found.Exact)));
            }
        }

        return page.ToString();
    }

    private static void Write(StringBuilder page, Comparison comparison)
    {
        page.Append($"\n{Safe(Against(comparison))} {comparison}, {Verdict(comparison)}.\n");
        if (comparison.IsReal && comparison.Labels.Count > 0)
        {
            page.Append("\n| label | before | after | support |\n|---|---:|---:|---:|\n");
            foreach (var label in comparison.Labels)
            {
                page.Append(Row(Safe(label.Label), Figures.Percent(label.Before), Figures.Percent(label.After), $"{label.Support}"));
            }
        }
    }

    private static void Write(StringBuilder page, Split split, SplitEvaluation found, IReadOnlyDictionary<string, float>? thresholds)
    {
        page.Append(CultureInfo.InvariantCulture, $"\n## {split.Name()}\n\n{found.Examples} examples, {Figures.Percent(found.Exact)} wholly right, ");
        page.Append(CultureInfo.InvariantCulture, $"{Figures.Number(found.MillisecondsPerExample)} ms each.\n");
        if (found.Labels is { } labels)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n### Text labels: {Figures.Percent(labels.Accuracy)} accuracy\n");
            Write(page, labels.PerLabel, ("macro", labels.Macro), ("weighted", labels.Weighted));
            Write(page, found.LabelCalibration);
        }

        if (found.MultiLabels is { } several)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n### Text labels: {Figures.Percent(several.Micro.F1)} micro F1\n\n{LabelsNote(several)}\n");
            Write(page, several.PerLabel, thresholds, ("micro", several.Micro), ("macro", several.Macro), ("weighted", several.Weighted));
            Write(page, found.LabelCalibration);
        }

        if (found.Entities is { } entities)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n### Entities: {Figures.Percent(entities.Micro.F1)} F1\n");
            Write(page, entities.PerLabel, ("micro", entities.Micro), ("macro", entities.Macro), ("weighted", entities.Weighted));
            Write(page, found.EntityErrors!);
            Write(page, found.EntityCalibration);
        }

        if (found.ByLength is { Count: > 1 } lengths)
        {
            page.Append("\n### By length\n\n| characters | examples | main score |\n|---|---:|---:|\n");
            foreach (var length in lengths)
            {
                page.Append(Row(UpTo(length), $"{length.Examples}", Figures.Percent(length.MainScore)));
            }
        }

        if (found.ErrorCount > 0)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n### Errors: {found.ErrorCount} examples, the most confident first\n\n");
            page.Append("| text | expected | predicted | score |\n|---|---|---|---:|\n");
            foreach (var error in found.Errors.Take(MostErrors))
            {
                page.Append(Row(
                    Safe(error.Text), Safe(Answer(error.Text, LabelOf(error.ExpectedLabel, error.ExpectedLabels), error.ExpectedEntities)),
                    Safe(Answer(error.Text, LabelOf(error.PredictedLabel, error.PredictedLabels), error.PredictedEntities)), Figures.Number(error.Score)));
            }
        }
    }

    private static void Write(StringBuilder page, IReadOnlyDictionary<string, Scores> perLabel, params ReadOnlySpan<(string Name, Scores Scores)> averages) =>
        Write(page, perLabel, null, averages);

    /// <param name="page">What is written to.</param>
    /// <param name="perLabel">Scores of each label.</param>
    /// <param name="thresholds">From which probability on each label holds; null = no column of them.</param>
    /// <param name="averages">Rows below.</param>
    private static void Write(
        StringBuilder page, IReadOnlyDictionary<string, Scores> perLabel, IReadOnlyDictionary<string, float>? thresholds,
        params ReadOnlySpan<(string Name, Scores Scores)> averages)
    {
        page.Append($"\n| label | precision | recall | F1 | support |{(thresholds is null ? "" : " threshold |")}\n|---|---:|---:|---:|---:|{(thresholds is null ? "" : "---:|")}\n");
        foreach (var (label, scores) in perLabel)
        {
            Add(Safe(label), scores, label);
        }

        foreach (var (name, scores) in averages)
        {
            Add($"*{name}*", scores);
        }

        void Add(string name, Scores scores, string? label = null)
        {
            string[] cells = [name, Figures.Percent(scores.Precision), Figures.Percent(scores.Recall), Figures.Percent(scores.F1), $"{scores.Support}"];
            page.Append(thresholds is null ? Row(cells) : Row([.. cells, label is not null && thresholds.TryGetValue(label, out var threshold) ? Figures.Number(threshold) : ""]));
        }
    }

    private static void Write(StringBuilder page, IReadOnlyList<EntityErrors> labels)
    {
        page.Append("\n| label | right | wrong boundary | missed | spurious | mistaken for |\n|---|---:|---:|---:|---:|---|\n");
        foreach (var label in labels)
        {
            page.Append(Row(Safe(label.Label), $"{label.Correct}", $"{label.WrongBoundary}", $"{label.Missed}", $"{label.Spurious}", Safe(MistakenFor(label))));
        }
    }

    private static void Write(StringBuilder page, Calibration? calibration)
    {
        if (calibration is not null)
        {
            page.Append(CultureInfo.InvariantCulture, $"\nExpected calibration error {Figures.Percent(calibration.Ece)}.\n");
        }
    }

    /// <summary>"greet; from: New York, to: Rome" as the answer to a text.</summary>
    private static string Answer(string text, string? label, IReadOnlyList<EntitySpan>? entities)
    {
        var found = entities is null ? null
            : entities.Count == 0 ? "no entity"
            : string.Join(", ", entities.Select(entity => $"{entity.Label}: {text[entity.Start..entity.End]}"));
        return string.Join("; ", new[] { label, found }.OfType<string>());
    }
}
