using System.Text.RegularExpressions;
using Droptune.Functions.Hosting.Local.Processes;

namespace Droptune.Pipeline.Tests.Telemetry;

/// <summary>What the functions and the training worker, two processes, tell of one dropped file.</summary>
public partial class TelemetryTests(LocalApp app) : IClassFixture<LocalApp>
{
    // What a run and a prediction give; drops and drift need weeks of use.
    private static readonly Dictionary<string, string> Measured = new()
    {
        ["droptune.validations"] = "{validation}",
        ["droptune.training.queue_wait"] = "s",
        ["droptune.training.loss"] = "1",
        ["droptune.training.dev_main"] = "1",
        ["droptune.training.throughput"] = "{token}/s",
        ["droptune.training.device_time"] = "min",
        ["droptune.training.runs"] = "{run}",
        ["droptune.predict.duration"] = "s",
        ["droptune.predict.batch_size"] = "{text}",
        ["droptune.evaluation.main"] = "1",
    };

    private static readonly string[] Steps = ["ingest", "validate", "train", "evaluate"];

    [Fact]
    public async Task Drop_LabelledFile_IsOneTraceToTheModelThatPredictionsLinkTo()
    {
        await app.DropAsync("traced/dataset.json", PaintShop.Manifest(epochs: 2));
        await app.DropAsync("traced/train.conll", PaintShop.Conll(PaintShop.Sentences(60, seed: 1)));
        var version = await app.TrainedVersionAsync("traced", examples: 60);
        using var served = await app.UntilAsync("models/traced", model => model.Text("production") == version);

        await app.PredictAsync("traced", ["please paint the door red"]);
        var metrics = await LocalApp.UntilAsync(() => Task.FromResult(Measured.Keys.All(app.Telemetry.Metrics.ContainsKey) ? app.Telemetry.Metrics : null));

        // Hosts of other tests in this process export here too, their workers do not: only this one's traces are whole.
        var (prediction, trace) = await LocalApp.UntilAsync(() => Task.FromResult(
            app.Telemetry.Spans.Where(span => span.Name == "predict" && span.Links.Count > 0).Select(span => new Traced(span, TraceOf(span.Links[0])))
                .FirstOrDefault(traced => Steps.All(step => traced.Trace.Exists(span => span.Name == step)))));

        Assert.Equal(
            [("validate", "ingest"), ("train", "validate"), ("evaluate", "train")],
            Steps[1..].Select(step => (step, Parent(trace, step))));
        Assert.DoesNotContain(prediction, trace); // a request is a trace of its caller's
        Assert.All(Measured, metric => Assert.Equal(metric.Value, metrics[metric.Key].Unit));
        Assert.All(Queries(metrics), query => Assert.Subset(query.Given.ToHashSet(), query.Asked.ToHashSet()));
    }

    /// <summary>The dimensions that each query of the workbook and the alerts asks for, and those that its metrics were measured by.</summary>
    private static List<(string File, IEnumerable<string> Asked, IEnumerable<string> Given)> Queries(IReadOnlyDictionary<string, ReceivedMetric> metrics)
    {
        var queries =
            from file in Directory.GetFiles(Path.Combine(RepositoryFolder.Path, "infra", "bicep", "queries"))
            let text = File.ReadAllText(file)
            let named = MetricName().Matches(text).Select(match => match.Value).ToList()
            where named.Count > 0 && named.TrueForAll(metrics.ContainsKey)
            select (file, Dimension().Matches(text).Select(match => match.Groups[1].Value), named.SelectMany(name => metrics[name].Dimensions));
        var found = queries.ToList();
        Assert.InRange(found.Count, 8, int.MaxValue);
        return found;
    }

    [GeneratedRegex(@"droptune\.[a-z_.0-9]+")]
    private static partial Regex MetricName();

    [GeneratedRegex(@"customDimensions\.(\w+)")]
    private static partial Regex Dimension();

    private List<Span> TraceOf(SpanLink training) => [.. app.Telemetry.Spans.Where(span => span.TraceId == training.TraceId)];

    private static string? Parent(List<Span> trace, string name)
    {
        var child = trace.First(span => span.Name == name);
        return trace.Find(span => span.SpanId == child.ParentSpanId)?.Name;
    }

    /// <summary>A prediction, and the trace that made its model.</summary>
    private sealed record Traced(Span Prediction, List<Span> Trace);
}
