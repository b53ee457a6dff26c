using Droptune.Core.Evaluation;
using Droptune.Core.Metrics;

namespace Droptune.Core.Tests.Evaluation;

/// <summary>Evaluations to test with.</summary>
internal static class Some
{
    public static EvaluationReport Report(SplitEvaluation dev, string version = "v2", string datasetVersion = "0123456789ab") => new()
    {
        Model = "support",
        Version = version,
        Artefact = "model.onnx",
        Task = TaskKind.Joint,
        Dataset = "support",
        DatasetVersion = datasetVersion,
        At = new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero),
        Splits = new Dictionary<Split, SplitEvaluation> { [Split.Dev] = dev },
    };

    /// <summary>Texts that all have the labels a and b; those of <paramref name="wrong"/> got a alone.</summary>
    public static SplitEvaluation MultiLabels(int examples, params int[] wrong)
    {
        string[] both = ["a", "b"];
        var scores = MultiLabelScores.Of(
            [.. Enumerable.Repeat(both, examples)], [.. Enumerable.Range(0, examples).Select(i => wrong.Contains(i) ? ["a"] : both)]);

        return Labels(examples, wrong) with
        {
            MainScore = scores.Micro.F1,
            Labels = null,
            MultiLabels = scores,
            Outcomes = [.. Enumerable.Range(0, examples).Select(i => new Outcome(0, 0, 0, null) { Labels = wrong.Contains(i) ? (1, 1, 2) : (2, 2, 2) })],
        };
    }

    /// <summary>A text classification where example i has the label <c>i % 2</c>, and those of <paramref name="wrong"/> got the other.</summary>
    public static SplitEvaluation Labels(int examples, params int[] wrong)
    {
        var expected = Enumerable.Range(0, examples).Select(i => $"{i % 2}").ToArray();
        var predicted = Enumerable.Range(0, examples).Select(i => $"{(i + (wrong.Contains(i) ? 1 : 0)) % 2}").ToArray();
        var scores = ClassificationScores.Of(expected, predicted);

        return new()
        {
            Examples = examples,
            MainScore = scores.Accuracy,
            Exact = scores.Accuracy,
            MillisecondsPerExample = 1,
            Labels = scores,
            ErrorCount = wrong.Length,
            Errors = [],
            Outcomes = [.. Enumerable.Range(0, examples).Select(i => new Outcome(0, 0, 0, !wrong.Contains(i)))],
        };
    }
}
