using System.Xml.Linq;
using Droptune.Core.Evaluation;
using Droptune.Core.Metrics;
using Droptune.Core.Reports;
using Droptune.Core.Tests.Evaluation;

namespace Droptune.Core.Tests.Reports;

public class EvaluationPagesTests
{
    private static readonly EvaluationReport Report = Joint();

    [Fact]
    public void Html_HostileTexts_IsWellFormedAndHoldsThemAsText()
    {
        var html = EvaluationHtml.Write(Report);

        var page = XDocument.Parse(html.Replace("<!doctype html>", "", StringComparison.Ordinal));
        Assert.Empty(page.Descendants("script"));
        Assert.Contains(page.Descendants("mark"), mark => mark.Value == "<script>alert(1)</script> to & fro");
        Assert.DoesNotContain("http", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Html_Report_ShowsFiguresDropAndPromotion()
    {
        var page = XDocument.Parse(EvaluationHtml.Write(Report).Replace("<!doctype html>", "", StringComparison.Ordinal));

        Assert.Contains(page.Descendants("p"), p => p.Value == "Not promoted. Not better.");
        Assert.Contains(page.Descendants("p"), p => (string?)p.Attribute("class") == "note bad" && p.Value.Contains("a real drop", StringComparison.Ordinal));
        Assert.Equal(2, page.Descendants("figure").Count());
        Assert.Contains(page.Descendants("em"), cell => cell.Value == "1"); // greet taken for flight
    }

    [Fact]
    public void Html_ManyLabels_ListsConfusionsInsteadOfAMatrix()
    {
        var labels = Enumerable.Range(0, 77).Select(i => $"intent-{i}").ToArray();
        var scores = ClassificationScores.Of(labels, [.. labels.Skip(1), labels[0]]);

        var html = EvaluationHtml.Write(Some.Report(Some.Labels(2) with { Labels = scores }));

        Assert.Contains("<th scope=\"col\">times</th>", html, StringComparison.Ordinal);
        Assert.Equal(40, XDocument.Parse(html.Replace("<!doctype html>", "", StringComparison.Ordinal)).Descendants("table").Last().Descendants("tr").Count() - 1);
    }

    [Fact]
    public void Markdown_Report_SaysTheSame()
    {
        var lines = EvaluationMarkdown.Write(Report).Split('\n');

        Assert.Equal("# support v2", lines[0]);
        Assert.Contains("**Not promoted.** Not better.", lines);
        Assert.Contains("Against previous v1 on dev: -20.00 points (-30 to -10), a real drop.", lines);
        Assert.Contains("| greet | 0.00% | 0.00% | 0.00% | 1 |", lines);
        Assert.Contains("| *micro* | 50.00% | 50.00% | 50.00% | 2 |", lines);
        Assert.Contains("| &lt;script&gt;alert(1)&lt;/script&gt; \\| x | greet; to: &lt;script&gt;alert(1)&lt;/script&gt; | flight; no entity | 0.9 |", lines);
    }

    [Fact]
    public void Pages_SeveralLabels_ShowThresholdsCardinalityAndSets()
    {
        var report = Some.Report(Some.MultiLabels(4, 0) with
        {
            ErrorCount = 1,
            Errors = [new("x", 0, null, null, null, null) { ExpectedLabels = ["a", "b"], PredictedLabels = [] }],
        }) with
        { Thresholds = new Dictionary<string, float> { ["a"] = 0.25f, ["b"] = 0.5f } };

        var lines = EvaluationMarkdown.Write(report).Split('\n');
        var html = EvaluationHtml.Write(report);

        Assert.Contains("### Text labels: 93.33% micro F1", lines);
        Assert.Contains("75.00% of texts with all labels right. 1.75 labels a text, 2 expected.", lines);
        Assert.Contains("| a | 100.00% | 100.00% | 100.00% | 4 | 0.25 |", lines);
        Assert.Contains("| x | a, b | no label | 0 |", lines);
        Assert.Contains("<th scope=\"col\">threshold</th>", html, StringComparison.Ordinal);
        Assert.Contains("<span class=\"label\">a, b</span>", html, StringComparison.Ordinal);
    }

    private static EvaluationReport Joint()
    {
        Entity to = new(0, 2, "to & fro"), from = new(0, 2, "from");
        var dev = Some.Labels(2) with
        {
            Entities = EntityScores.OfEntities([[to], [to]], [[to], [from]]),
            EntityErrors = EntityErrors.Of([([to], [to]), ([to], [from])]),
            Labels = ClassificationScores.Of(["flight", "greet"], ["flight", "flight"]),
            LabelCalibration = Calibration.Of([(0.9, true), (0.6, false)]),
            EntityCalibration = Calibration.Of([(0.8, true)]),
            ErrorCount = 1,
            Errors =
            [
                new("<script>alert(1)</script> | x", 0.9, "greet", "flight", [new(0, 25, "to")], []),
                new("<script>alert(1)</script> | x", 0.9, null, null, [new(0, 25, "to & fro")], [new(0, 25, "to & fro")]),
            ],
        };
        return Some.Report(dev) with
        {
            Promotion = new(false, "Not better."),
            Comparisons =
            [
                new() { With = "previous", Version = "v1", Split = Split.Dev, Other = 1, Difference = -0.2, Low = -0.3, High = -0.1, Labels = [new("greet", 1, 0, 1)] },
            ],
        };
    }
}
