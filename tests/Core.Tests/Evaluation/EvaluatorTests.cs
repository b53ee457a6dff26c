using Droptune.Core.Evaluation;
using Droptune.Core.Inference;
using Microsoft.Extensions.Time.Testing;

namespace Droptune.Core.Tests.Evaluation;

public class EvaluatorTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task EvaluateAsync_Joint_ScoresEntitiesLabelsAndBoth()
    {
        Example[] examples =
        [
            new() { Text = "fly to New York", Entities = [new(7, 15, "to")], Label = "flight" },
            new() { Text = "fly to Rome", Entities = [new(7, 11, "to")], Label = "flight" },
            new() { Text = "hello", Entities = [], Label = "greet" },
        ];
        Prediction[] predictions =
        [
            new() { Label = new("flight", 0.9f), Entities = [Entity("to", 7, 15, 0.8f)] },
            new() { Label = new("greet", 0.6f), Entities = [Entity("from", 7, 11, 0.7f)] },
            new() { Label = new("greet", 0.9f), Entities = [] },
        ];

        var found = await EvaluateAsync(TaskKind.Joint, examples, predictions);

        Assert.Equal(0.5, found.Entities!.Micro.F1, 1e-9);
        Assert.Equal(2 / 3.0, found.Labels!.Accuracy, 1e-9);
        Assert.Equal((0.5 + (2 / 3.0)) / 2, found.MainScore, 1e-9);
        Assert.Equal(2 / 3.0, found.Exact, 1e-9);
        Assert.Equal([new(1, 1, 1, true), new(0, 1, 1, false), new(0, 0, 0, true)], found.Outcomes);
        Assert.Equal(new() { ["from"] = 1 }, found.EntityErrors!.Single(e => e.Label == "to").MistakenFor.ToDictionary());
        var error = Assert.Single(found.Errors);
        Assert.Equal(("fly to Rome", "flight", "greet"), (error.Text, error.ExpectedLabel, error.PredictedLabel));
        Assert.Equal([new EntitySpan(7, 11, "from")], error.PredictedEntities);
        Assert.Equal(0.7, error.Score, 1e-6);
    }

    [Fact]
    public async Task EvaluateAsync_SeveralLabels_ScoresEachByItself()
    {
        Example[] examples = [new() { Text = "fast and late", Labels = ["late", "quick"] }, new() { Text = "hello", Labels = [] }];
        Prediction[] predictions = [new() { Labels = [new("quick", 0.9f), new("rude", 0.6f)] }, new() { Labels = [] }];

        var found = await EvaluateAsync(TaskKind.MultiLabelClassification, examples, predictions);

        Assert.Equal(0.5, found.MainScore, 1e-9);
        Assert.Equal((0.5, 0.5, 1.0), (found.MultiLabels!.Micro.F1, found.MultiLabels.SubsetAccuracy, found.MultiLabels.PredictedCardinality));
        Assert.Null(found.Labels);
        Assert.Equal([(1, 2, 2), (0, 0, 0)], found.Outcomes.Select(outcome => outcome.Labels!.Value));
        var error = Assert.Single(found.Errors);
        Assert.Equal(["late", "quick"], error.ExpectedLabels);
        Assert.Equal(["quick", "rude"], error.PredictedLabels);
        Assert.Equal(0.6, error.Score, 1e-6);
        Assert.Equal(2, found.LabelCalibration!.Bins.Sum(bin => bin.Count));
        Assert.Equal(2, found.Profile!.Labels.Values.Sum());
        Assert.Equal(["main", "exact", "msPerExample", "microF1", "macroF1", "subsetAccuracy", "ece"], found.Metrics().Keys);
    }

    [Fact]
    public async Task EvaluateAsync_JointOfSeveralLabels_TakesTheMeanOfBoth()
    {
        Example[] examples = [new() { Text = "fly to Rome", Entities = [new(7, 11, "to")], Labels = ["flight", "now"] }];
        Prediction[] predictions = [new() { Entities = [Entity("to", 7, 11, 0.9f)], Labels = [new("flight", 0.9f)] }];

        var found = await EvaluateAsync(TaskKind.Joint, examples, predictions);

        Assert.Equal((1 + (2 / 3.0)) / 2, found.MainScore, 1e-9);
        Assert.Equal(0, found.Exact);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task EvaluateAsync_ModelOrDataOfSeveralLabels_AreComparedAsSets(bool modelHasSeveral)
    {
        Example example = modelHasSeveral ? new() { Text = "x", Label = "a" } : new() { Text = "x", Labels = ["a", "b"] };
        Prediction prediction = modelHasSeveral ? new() { Labels = [new("a", 0.9f), new("b", 0.8f)] } : new() { Label = new("a", 0.9f) };

        var found = await EvaluateAsync(TaskKind.TextClassification, [example], [prediction]);

        Assert.Equal(2 / 3.0, found.MainScore, 1e-9);
    }

    [Fact]
    public async Task EvaluateAsync_Words_CountsEntitiesOfTheJoinedText()
    {
        Example[] examples = [new() { Tokens = ["in", "New", "York"], Tags = ["O", "B-LOC", "I-LOC"] }];
        Prediction[] predictions = [new() { Tags = ["O", "B-LOC", "O"], TagScores = [1, 0.5f, 1] }];

        var found = await EvaluateAsync(TaskKind.TokenClassification, examples, predictions);

        Assert.Equal(1, found.EntityErrors!.Single().WrongBoundary);
        var error = Assert.Single(found.Errors);
        Assert.Equal("in New York", error.Text);
        Assert.Equal([new EntitySpan(3, 11, "LOC")], error.ExpectedEntities);
        Assert.Equal([new EntitySpan(3, 6, "LOC")], error.PredictedEntities);
        Assert.Equal(0.5, error.Score);
        Assert.Null(found.Labels);
    }

    [Fact]
    public async Task EvaluateAsync_ManyErrors_KeepsTheMostConfident()
    {
        var examples = Enumerable.Range(0, 500).Select(i => new Example { Text = $"text {i}", Label = "a" }).ToArray();
        var predictions = examples.Select((_, i) => new Prediction { Label = new("b", i / 500f) }).ToArray();

        var found = await EvaluateAsync(TaskKind.TextClassification, examples, predictions);

        Assert.Equal(500, found.ErrorCount);
        Assert.Equal(Enumerable.Range(300, 200).Reverse().Select(i => $"text {i}"), found.Errors.Select(error => error.Text));
        Assert.Null(found.Entities);
    }

    [Fact]
    public async Task EvaluateAsync_SlowModel_ReportsTimePerExample()
    {
        var examples = Enumerable.Repeat(new Example { Text = "x", Label = "a" }, 100).ToArray();
        var evaluator = new Evaluator(
            (inputs, _) =>
            {
                _clock.Advance(TimeSpan.FromMilliseconds(2 * inputs.Count));
                return Task.FromResult<IReadOnlyList<Prediction>>([.. inputs.Select(_ => new Prediction { Label = new("a", 1) })]);
            }, TaskKind.TextClassification, _clock);

        var found = await evaluator.EvaluateAsync(examples, TestContext.Current.CancellationToken);

        Assert.Equal(2, found.MillisecondsPerExample, 1e-9);
    }

    [Fact]
    public async Task EvaluateAsync_NoExamples_IsAllZero()
    {
        var found = await EvaluateAsync(TaskKind.Joint, [], []);

        Assert.Equal((0, 0.0, 0.0), (found.Examples, found.MainScore, found.Exact));
        Assert.Null(found.LabelCalibration);
    }

    [Fact]
    public async Task Report_Json_RoundTrips()
    {
        Example[] examples = [new() { Text = "fly to 北京", Entities = [new(7, 9, "to")], Label = "flight" }];
        Prediction[] predictions = [new() { Label = new("greet", 0.6f), Entities = [Entity("to", 7, 8, 0.7f)] }];
        var report = Some.Report(await EvaluateAsync(TaskKind.Joint, examples, predictions));

        var json = report.ToJson();
        var read = EvaluationReport.Read(json);

        Assert.Equal(json, read.ToJson());
        Assert.Equal([new(0, 1, 1, false)], read.Splits[Split.Dev].Outcomes);
        Assert.Equal(report.Metrics(), read.Metrics());
        Assert.Contains("dev.f1", report.Metrics().Keys);
        using var document = JsonDocument.Parse(json);
        Assert.Equal("[0,1,1,0]", document.RootElement.GetProperty("splits").GetProperty("dev").GetProperty("outcomes")[0].GetRawText());
    }

    [Fact]
    public async Task Report_JsonOfSeveralLabels_RoundTrips()
    {
        Example[] examples = [new() { Text = "fly to 北京", Entities = [new(7, 9, "to")], Labels = ["flight", "now"] }];
        Prediction[] predictions = [new() { Labels = [new("now", 0.6f)], Entities = [] }];
        var report = Some.Report(await EvaluateAsync(TaskKind.Joint, examples, predictions)) with { Thresholds = new Dictionary<string, float> { ["now"] = 0.3f } };

        var json = report.ToJson();

        Assert.Equal(json, EvaluationReport.Read(json).ToJson());
        using var document = JsonDocument.Parse(json);
        Assert.Equal("[0,0,1,1,1,2]", document.RootElement.GetProperty("splits").GetProperty("dev").GetProperty("outcomes")[0].GetRawText());
    }

    private static PredictedEntity Entity(string label, int start, int end, float score) => new(label, "", start, end, score);

    private Task<SplitEvaluation> EvaluateAsync(TaskKind task, Example[] examples, Prediction[] predictions)
    {
        var done = 0;
        return new Evaluator(
            (inputs, _) =>
            {
                var batch = predictions[done..(done + inputs.Count)];
                done += inputs.Count;
                return Task.FromResult<IReadOnlyList<Prediction>>(batch);
            }, task, _clock).EvaluateAsync(examples, TestContext.Current.CancellationToken);
    }
}
