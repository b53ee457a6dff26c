using System.Globalization;
using System.Net;
using System.Text;
using Droptune.Core.Evaluation;
using Droptune.Core.Metrics;

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
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8" />
            <meta name="viewport" content="width=device-width, initial-scale=1" />
            <title>{Text(report.Model)} {Text(report.Version)}: evaluation</title>
            <style>{Style()}</style>
            </head>
            <body>
            <h1>{Text(report.Model)} <small>{Text(report.Version)}</small></h1>
            <p>Evaluated {report.At:yyyy-MM-dd HH:mm} UTC on dataset {Text(report.Dataset)} {Text(report.DatasetVersion)}{(report.Artefact is { } file ? $", as served ({Text(file)})" : "")}.</p>

            """);
        if (report.Promotion is { } promotion)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p class=\"note\"><b>{(promotion.Promote ? "Promoted." : "Not promoted.")}</b> {Text(promotion.Reason)}</p>\n");
        }

        foreach (var comparison in report.Comparisons)
        {
            Write(page, comparison);
        }

        foreach (var (split, found) in report.Splits)
        {
            Write(page, split, found);
        }

        if (report.TrainedOn is { } trained)
        {
            page.Append(CultureInfo.InvariantCulture, $"<h2>On the dataset version that it was trained on <small>{Text(trained.DatasetVersion)}</small></h2>\n");
            Table(page, ["split", "examples", "main score", "wholly right"], trained.Splits.Select(split => new[]
            {
                split.Key.Name(), $"{split.Value.Examples}", Figures.Percent(split.Value.MainScore), Figures.Percent(split.Value.Exact),
            }));
        }

        return page.Append("</body>\n</html>\n").ToString();
    }

    private static void Write(StringBuilder page, Comparison comparison)
    {
        var verdict = comparison.IsDrop ? "a real drop" : comparison.IsReal ? "a real gain" : "may be chance";
        page.Append(CultureInfo.InvariantCulture, $"<p class=\"note{(comparison.IsDrop ? " bad" : "")}\">Against {Text(comparison.With)} {Text(comparison.Version)} ");
        page.Append(CultureInfo.InvariantCulture, $"on {comparison.Split.Name()}{Text(EvaluationMarkdown.Of(comparison))}: <b>{Text(comparison.ToString())}</b>, {verdict}.</p>\n");
        if (comparison.Labels.Count > 0)
        {
            Details(page, "Labels that changed", () => Table(page, ["label", "before", "after", "support"], comparison.Labels
                .Select(label => new[] { Text(label.Label), Figures.Percent(label.Before), Figures.Percent(label.After), $"{label.Support}" })));
        }
    }

    private static void Write(StringBuilder page, Split split, SplitEvaluation found)
    {
        page.Append(CultureInfo.InvariantCulture, $"<h2>{split.Name()} <small>{found.Examples} examples</small></h2>\n<dl class=\"figures\">\n");
        Figure("main score", Figures.Percent(found.MainScore));
        Figure("entity F1", found.Entities is { } e ? Figures.Percent(e.Micro.F1) : null);
        Figure("label accuracy", found.Labels is { } l ? Figures.Percent(l.Accuracy) : null);
        Figure("wholly right", Figures.Percent(found.Exact));
        Figure("per example", $"{Figures.Number(found.MillisecondsPerExample)} ms");
        page.Append("</dl>\n");

        if (found.Labels is { } labels)
        {
            page.Append("<h3>Text labels</h3>\n");
            Write(page, labels.PerLabel, ("macro", labels.Macro), ("weighted", labels.Weighted));
            Details(page, "Confusion", () => WriteConfusion(page, labels));
            Write(page, found.LabelCalibration);
        }

        if (found.Entities is { } entities)
        {
            page.Append("<h3>Entities</h3>\n");
            Write(page, entities.PerLabel, ("micro", entities.Micro), ("macro", entities.Macro), ("weighted", entities.Weighted));
            Details(page, "What became of them", () => Write(page, found.EntityErrors!));
            Write(page, found.EntityCalibration);
        }

        if (found.ErrorCount > 0)
        {
            var shown = found.Errors.Count < found.ErrorCount ? $"{found.Errors.Count} of {found.ErrorCount}" : $"{found.ErrorCount}";
            Details(page, $"Errors: {shown}, the most confident first", () => WriteErrors(page, found.Errors), isErrors: true);
        }

        void Figure(string name, string? value) => page.Append(value is null ? "" : $"<div><dt>{name}</dt><dd>{value}</dd></div>\n");
    }

    private static void Write(StringBuilder page, IReadOnlyDictionary<string, Scores> perLabel, params (string Name, Scores Scores)[] averages)
    {
        var rows = perLabel.Select(label => Row(Text(label.Key), label.Value)).Concat(averages.Select(a => Row($"<i>{a.Name}</i>", a.Scores)));
        Table(page, ["label", "precision", "recall", "F1", "", "support"], rows);

        static string[] Row(string name, Scores scores) =>
            [name, Figures.Percent(scores.Precision), Figures.Percent(scores.Recall), Figures.Percent(scores.F1), SvgCharts.Bar(scores.F1), $"{scores.Support}"];
    }

    private static void WriteConfusion(StringBuilder page, ClassificationScores labels)
    {
        if (labels.Labels.Count <= LargestMatrix)
        {
            page.Append("<p>Rows: expected. Columns: predicted.</p>\n");
            Table(page, ["", .. labels.Labels.Select(Text)], labels.Confusion.Select((row, i) =>
                row.Select((count, j) => count == 0 ? "" : i == j ? $"<b>{count}</b>" : $"<em>{count}</em>").Prepend(Text(labels.Labels[i])).ToArray()));
            return;
        }

        var confusions = labels.Confusion.SelectMany((row, i) => row.Select((count, j) => (Expected: i, Predicted: j, Count: count)))
            .Where(cell => cell.Count > 0 && cell.Expected != cell.Predicted).OrderByDescending(cell => cell.Count).Take(MostConfusions);
        Table(page, ["expected", "predicted", "times"], confusions
            .Select(cell => new[] { Text(labels.Labels[cell.Expected]), Text(labels.Labels[cell.Predicted]), $"{cell.Count}" }));
    }

    private static void Write(StringBuilder page, IReadOnlyList<EntityErrors> labels) =>
        Table(page, ["label", "right", "wrong boundary", "missed", "spurious", "mistaken for"], labels.Select(label => new[]
        {
            Text(label.Label), $"{label.Correct}", $"{label.WrongBoundary}", $"{label.Missed}", $"{label.Spurious}",
            Text(string.Join(", ", label.MistakenFor.OrderByDescending(other => other.Value).Select(other => $"{other.Key} ({other.Value})"))),
        }));

    private static void Write(StringBuilder page, Calibration? calibration)
    {
        if (calibration is not null)
        {
            page.Append("<figure>").Append(SvgCharts.Reliability(calibration));
            page.Append(CultureInfo.InvariantCulture, $"<figcaption>How often a score is right: expected calibration error {Figures.Percent(calibration.Ece)}.</figcaption></figure>\n");
        }
    }

    private static void WriteErrors(StringBuilder page, IReadOnlyList<ExampleError> errors) =>
        Table(page, ["expected", "predicted", "score"], errors.Select(error => new[]
        {
            Marked(error.Text, error.ExpectedLabel, error.ExpectedEntities),
            Marked(error.Text, error.PredictedLabel, error.PredictedEntities),
            Figures.Number(error.Score),
        }));

    /// <summary>The text with its entities marked and named, and its label.</summary>
    private static string Marked(string text, string? label, IReadOnlyList<EntitySpan>? entities)
    {
        var marked = new StringBuilder();
        var end = 0;
        foreach (var entity in entities ?? [])
        {
            marked.Append(Text(text[end..entity.Start])).Append(CultureInfo.InvariantCulture,
                $"<mark>{Text(text[entity.Start..entity.End])} <small>{Text(entity.Label)}</small></mark>");
            end = entity.End;
        }

        marked.Append(Text(text[end..]));
        return label is null ? marked.ToString() : $"{marked} <span class=\"label\">{Text(label)}</span>";
    }

    private static void Details(StringBuilder page, string summary, Action content, bool isErrors = false)
    {
        page.Append(CultureInfo.InvariantCulture, $"<details{(isErrors ? " class=\"errors\"" : "")}><summary>{summary}</summary>\n");
        content();
        page.Append("</details>\n");
    }

    /// <summary>A table of cells that are HTML already.</summary>
    private static void Table(StringBuilder page, IReadOnlyList<string> head, IEnumerable<string[]> rows)
    {
        page.Append("<div class=\"table\" tabindex=\"0\"><table>\n<thead><tr>");
        page.AppendJoin("", head.Select(cell => $"<th scope=\"col\">{cell}</th>")).Append("</tr></thead>\n<tbody>\n");
        foreach (var row in rows)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{row[0]}</th>").AppendJoin("", row.Skip(1).Select(cell => $"<td>{cell}</td>")).Append("</tr>\n");
        }

        page.Append("</tbody>\n</table></div>\n");
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private static string Style()
    {
        using var reader = new StreamReader(typeof(EvaluationHtml).Assembly.GetManifestResourceStream("evaluation.css")!);
        return reader.ReadToEnd();
    }
}
