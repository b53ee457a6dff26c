using System.Text.Json.Serialization;
using Droptune.Core.Metrics;
using Droptune.Core.Traffic;

namespace Droptune.Core.Evaluation;

/// <summary>How good a version of a model is on the splits of a dataset version: <c>evaluation-{utc}.json</c>.</summary>
public sealed record EvaluationReport
{
    public required string Model { get; init; }

    public required string Version { get; init; }

    /// <summary>The file that was run: "model.onnx" or "model.int8.onnx"; null for a model still in training.</summary>
    public string? Artefact { get; init; }

    public required TaskKind Task { get; init; }

    public required string Dataset { get; init; }

    public required string DatasetVersion { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>From which probability on each text label holds; null where a text has one label.</summary>
    public IReadOnlyDictionary<string, float>? Thresholds { get; init; }

    /// <summary>
    /// Whether the version was trained on its dev split: its dev are train and dev then, the latter first, by <see cref="Inference.OutOfFoldAnswers"/>.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool DevTrained { get; init; }

    /// <summary>The splits that were evaluated; dev decides about promotion, test is only reported.</summary>
    public required IReadOnlyDictionary<Split, SplitEvaluation> Splits { get; init; }

    /// <summary>The same on the dataset version that the model was trained on; null where that is the one above, or gone.</summary>
    public DatasetEvaluation? TrainedOn { get; init; }

    /// <summary>Against the evaluation before and against the other version, as far as they saw the same examples.</summary>
    public IReadOnlyList<Comparison> Comparisons { get; init; } = [];

    /// <summary>What became of the version by this evaluation; null where nothing was to decide.</summary>
    public PromotionDecision? Promotion { get; init; }

    /// <summary>Scores by split and name, for tables and alerts: "dev.f1", "test.accuracy".</summary>
    public Dictionary<string, double> Metrics() => Splits
        .SelectMany(split => split.Value.Metrics().Select(metric => ($"{split.Key.Name()}.{metric.Key}", metric.Value)))
        .ToDictionary();

    /// <summary>Every dataset version that was evaluated on, the newest first.</summary>
    public IEnumerable<DatasetEvaluation> Evaluated() =>
        TrainedOn is null ? [new(DatasetVersion, Splits)] : [new(DatasetVersion, Splits), TrainedOn];

    public string ToJson() => JsonSerializer.Serialize(this, DroptuneJson.Compact);

    public static EvaluationReport Read(string json) => JsonSerializer.Deserialize<EvaluationReport>(json, DroptuneJson.Compact)
        ?? throw new InvalidDataException("The evaluation report is null.");
}

/// <summary>What an evaluation found on the splits of one dataset version.</summary>
public sealed record DatasetEvaluation(string DatasetVersion, IReadOnlyDictionary<Split, SplitEvaluation> Splits);

/// <summary>What an evaluation found on one split; parts that the task has not are null.</summary>
public sealed record SplitEvaluation
{
    public required int Examples { get; init; }

    /// <summary>The figure that versions are compared by: see <see cref="Core.Metrics.MainScore"/>.</summary>
    public required double MainScore { get; init; }

    /// <summary>Part of examples that are wholly right: label and every entity.</summary>
    public required double Exact { get; init; }

    /// <summary>Time of one example in a batch, tokenizing and decoding included.</summary>
    public required double MillisecondsPerExample { get; init; }

    public EntityScores? Entities { get; init; }

    /// <summary>What became of expected and predicted entities, label by label.</summary>
    public IReadOnlyList<EntityErrors>? EntityErrors { get; init; }

    /// <summary>Scores of text labels, where each text has one.</summary>
    public ClassificationScores? Labels { get; init; }

    /// <summary>Scores of text labels, where a text can have several.</summary>
    public MultiLabelScores? MultiLabels { get; init; }

    /// <summary>How far the score of an entity is the chance that it is right.</summary>
    public Calibration? EntityCalibration { get; init; }

    public Calibration? LabelCalibration { get; init; }

    /// <summary>Main scores of shorter and of longer texts; null in reports of earlier versions.</summary>
    public IReadOnlyList<LengthScore>? ByLength { get; init; }

    /// <summary>The number of examples with an error.</summary>
    public required int ErrorCount { get; init; }

    /// <summary>Examples with an error, the most confident first; no more than <see cref="Evaluator.MostErrors"/>.</summary>
    public required IReadOnlyList<ExampleError> Errors { get; init; }

    /// <summary>Each example's part of the main score, in their order, to compare evaluations of the same examples.</summary>
    public required IReadOnlyList<Outcome> Outcomes { get; init; }

    /// <summary>What the predictions looked like: what traffic is compared with.</summary>
    public TrafficProfile? Profile { get; init; }

    /// <summary>
    /// Scores by name: main, exact, precision, recall and f1 (of entities), accuracy and macroF1 (of text labels; where a text can have
    /// several microF1, macroF1 and subsetAccuracy), ece, msPerExample.
    /// </summary>
    public Dictionary<string, double> Metrics()
    {
        var metrics = new Dictionary<string, double> { [Core.Metrics.MainScore.Name] = MainScore, ["exact"] = Exact, ["msPerExample"] = MillisecondsPerExample };
        if (Labels is { } labels)
        {
            (metrics["accuracy"], metrics["macroF1"]) = (labels.Accuracy, labels.Macro.F1);
        }

        if (MultiLabels is { } several)
        {
            (metrics["microF1"], metrics["macroF1"], metrics["subsetAccuracy"]) = (several.Micro.F1, several.Macro.F1, several.SubsetAccuracy);
        }

        if (Entities is { } entities)
        {
            (metrics["precision"], metrics["recall"], metrics["f1"]) = (entities.Micro.Precision, entities.Micro.Recall, entities.Micro.F1);
        }

        if ((LabelCalibration ?? EntityCalibration) is { } calibration)
        {
            metrics["ece"] = calibration.Ece;
        }

        return metrics;
    }
}

/// <summary>The main score of the texts of some length.</summary>
/// <param name="UpTo">Characters at most; null = no limit.</param>
/// <param name="Examples">How many there are.</param>
/// <param name="MainScore">See <see cref="Core.Metrics.MainScore"/>.</param>
public sealed record LengthScore(int? UpTo, int Examples, double MainScore);

/// <summary>An example that was predicted wrongly.</summary>
/// <param name="Text">The text, or the words with spaces between them.</param>
/// <param name="Score">How sure the model was of what is wrong; 0 where it only missed something.</param>
/// <param name="ExpectedLabel">The text label; null where the task has none, or several a text.</param>
/// <param name="PredictedLabel">The predicted one.</param>
/// <param name="ExpectedEntities">Entities, in UTF-16 units of the text; null where the task has none.</param>
/// <param name="PredictedEntities">The predicted ones.</param>
public sealed record ExampleError(
    string Text, double Score, string? ExpectedLabel, string? PredictedLabel,
    IReadOnlyList<EntitySpan>? ExpectedEntities, IReadOnlyList<EntitySpan>? PredictedEntities)
{
    /// <summary>The text labels, where a text can have several; else null.</summary>
    public IReadOnlyList<string>? ExpectedLabels { get; init; }

    /// <summary>The predicted ones.</summary>
    public IReadOnlyList<string>? PredictedLabels { get; init; }
}
