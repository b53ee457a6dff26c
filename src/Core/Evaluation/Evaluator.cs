using Droptune.Core.Inference;
using Droptune.Core.Labels;
using Droptune.Core.Metrics;
using Droptune.Core.Traffic;

namespace Droptune.Core.Evaluation;

/// <summary>Predicts a batch of inputs: a served model's PredictAsync, or a model in training.</summary>
public delegate Task<IReadOnlyList<Prediction>> PredictBatch(IReadOnlyList<PredictInput> inputs, CancellationToken cancellationToken);

/// <summary>Runs a model over the examples of a split and says how good it is, and where it is wrong.</summary>
/// <param name="predict">The model.</param>
/// <param name="task">What it has learned.</param>
/// <param name="clock">Measures the time of a prediction.</param>
/// <param name="isRunningText">Whether it has learned words as they stand in texts.</param>
public sealed class Evaluator(PredictBatch predict, TaskKind task, TimeProvider clock, bool isRunningText = false)
{
    /// <summary>Errors kept in a report.</summary>
    public const int MostErrors = 200;

    private const int BatchSize = 64;
    private static readonly int[] Lengths = [32, 64, 128, 256, 512, 1024];

    /// <summary>
    /// The splits whose examples stand for one: itself, and for dev train as well where the version was trained on both, as of both it has the
    /// answers of models that were not. Dev comes first, so that it can be compared with a version that was not trained on it.
    /// </summary>
    public static IEnumerable<Split> PartsOf(Split split, bool isDevTrained) => split == Split.Dev && isDevTrained ? [Split.Dev, Split.Train] : [split];

    public async Task<SplitEvaluation> EvaluateAsync(IEnumerable<Example> examples, CancellationToken cancellationToken)
    {
        var judged = new List<JudgedExample>();
        var (time, profile) = (TimeSpan.Zero, new TrafficProfile());
        foreach (var batch in (isRunningText ? examples.Select(RunningText.Join) : examples).Chunk(BatchSize))
        {
            var inputs = batch.Select(PredictInput.Of).ToArray();
            var start = clock.GetTimestamp();
            var predictions = await predict(inputs, cancellationToken);
            time += clock.GetElapsedTime(start);
            profile += TrafficProfile.Of(predictions);
            judged.AddRange(batch.Zip(predictions, (example, prediction) => JudgedExample.Of(example, prediction, task)));
        }

        return Summarize(judged, profile, judged.Count == 0 ? 0 : time.TotalMilliseconds / judged.Count);
    }

    private SplitEvaluation Summarize(List<JudgedExample> judged, TrafficProfile profile, double milliseconds)
    {
        var outcomes = judged.ConvertAll(example => example.Outcome);
        var withEntities = judged.FindAll(example => example.Expected is not null);
        var withLabel = judged.FindAll(example => example.ExpectedLabel is not null);
        var withLabels = judged.FindAll(example => example.ExpectedLabels is not null);
        var wrong = judged.FindAll(example => !example.IsRight);

        return new()
        {
            Examples = judged.Count,
            MainScore = Outcome.MainScore(outcomes, task.HasEntities()),
            Exact = judged.Count == 0 ? 0 : 1 - (double)wrong.Count / judged.Count,
            MillisecondsPerExample = milliseconds,
            Entities = task.HasEntities()
                ? EntityScores.OfEntities([.. withEntities.Select(e => e.Expected!)], [.. withEntities.Select(e => e.Predicted)])
                : null,
            EntityErrors = task.HasEntities() ? EntityErrors.Of(withEntities.Select(e => (e.Expected!, e.Predicted))) : null,
            EntityCalibration = Calibration.Of([.. withEntities.Where(e => e.Scores is not null).SelectMany(EntityScoresOf)]),
            Labels = task.HasTextLabels() && withLabels.Count == 0
                ? ClassificationScores.Of([.. withLabel.Select(e => e.ExpectedLabel!)], [.. withLabel.Select(e => e.PredictedLabel?.Name ?? "")])
                : null,
            MultiLabels = withLabels.Count == 0 ? null
                : MultiLabelScores.Of([.. withLabels.Select(e => e.ExpectedLabels!)], [.. withLabels.Select(e => e.PredictedLabels.Select(label => label.Name).ToList())]),
            LabelCalibration = Calibration.Of([.. withLabel.Where(e => e.PredictedLabel is not null)
                .Select(e => ((double)e.PredictedLabel!.Score, e.LabelIsRight == true))
                .Concat(withLabels.SelectMany(e => e.PredictedLabels.Select(label => ((double)label.Score, e.IsExpected(label)))))]),
            ByLength = ByLength(judged),
            ErrorCount = wrong.Count,
            Errors = [.. wrong.Select(e => e.ToError()).OrderByDescending(error => error.Score).Take(MostErrors)],
            Outcomes = outcomes,
            Profile = profile,
        };
    }

    private List<LengthScore> ByLength(List<JudgedExample> judged) => [.. judged
        .GroupBy(example => Lengths.Cast<int?>().FirstOrDefault(upTo => example.Text.Length <= upTo))
        .OrderBy(length => length.Key ?? int.MaxValue)
        .Select(length => new LengthScore(
            length.Key, length.Count(), Outcome.MainScore([.. length.Select(example => example.Outcome)], task.HasEntities())))];

    private static IEnumerable<(double Score, bool IsRight)> EntityScoresOf(JudgedExample example) =>
        example.Predicted.Select((entity, i) => ((double)example.Scores![i], example.Expected!.Contains(entity)));
}
