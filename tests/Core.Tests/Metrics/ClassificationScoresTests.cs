using Droptune.Core.Metrics;

namespace Droptune.Core.Tests.Metrics;

public class ClassificationScoresTests
{
    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    [Fact]
    public void Of_ReferenceCases_EqualScikitLearn()
    {
        var cases = TestData.GzipLines("reference", "metrics", "classification-cases.jsonl.gz")
            .Select(line => JsonSerializer.Deserialize<Case>(line, SnakeCase)!).ToList();
        Assert.Equal(120, cases.Count);

        foreach (var expected in cases)
        {
            var found = ClassificationScores.Of(expected.YTrue, expected.YPred, expected.Labels);

            Assert.Equal(expected.Accuracy, found.Accuracy, 1e-9);
            Assert.Equal(expected.Labels, found.PerLabel.Keys);
            Assert.All(expected.PerLabel, label => EntityScoresTests.AssertEqual(label.Value, found.PerLabel[label.Key]));
            EntityScoresTests.AssertEqual(expected.Macro, found.Macro);
            EntityScoresTests.AssertEqual(expected.Weighted, found.Weighted);
            Assert.Equal(expected.Confusion, found.Confusion);
        }
    }

    [Fact]
    public void Of_NoLabelsGiven_ReportsThoseThatOccur()
    {
        var scores = ClassificationScores.Of(["b", "b"], ["b", "a"]);

        Assert.Equal(["a", "b"], scores.Labels);
        Assert.Equal([[0, 0], [1, 1]], scores.Confusion);
    }

    [Fact]
    public void Of_NoTexts_IsZero()
    {
        var scores = ClassificationScores.Of([], []);

        Assert.Equal(0, scores.Accuracy);
        Assert.Equal(new(0, 0, 0, 0), scores.Macro);
    }

    private sealed record Case(string[] Labels, string[] YTrue, string[] YPred, double Accuracy, Scores Macro, Scores Weighted,
        Dictionary<string, Scores> PerLabel, int[][] Confusion);
}
