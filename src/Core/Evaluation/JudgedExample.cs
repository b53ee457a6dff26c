using Droptune.Core.Inference;
using Droptune.Core.Labels;
using Droptune.Core.Metrics;

namespace Droptune.Core.Evaluation;

/// <summary>An example beside its prediction. Words are joined by spaces, so that all entities are parts of a text.</summary>
internal sealed record JudgedExample
{
    public required string Text { get; init; }

    /// <summary>Null where the example has no text label.</summary>
    public string? ExpectedLabel { get; init; }

    public PredictedLabel? PredictedLabel { get; init; }

    /// <summary>Null where the task has no entities, or the example does not say.</summary>
    public IReadOnlyList<Entity>? Expected { get; init; }

    public IReadOnlyList<Entity> Predicted { get; init; } = [];

    /// <summary>Scores of <see cref="Predicted"/>; null where the prediction has none.</summary>
    public IReadOnlyList<float>? Scores { get; init; }

    public bool? LabelIsRight => ExpectedLabel is null ? null : ExpectedLabel == PredictedLabel?.Name;

    public bool IsRight => LabelIsRight != false && (Expected is null || Expected.ToHashSet().SetEquals(Predicted));

    public Outcome Outcome => Expected is null
        ? new(0, 0, 0, LabelIsRight)
        : new(Expected.Intersect(Predicted).Count(), Predicted.Distinct().Count(), Expected.Distinct().Count(), LabelIsRight);

    public static JudgedExample Of(Example example, Prediction prediction, TaskKind task)
    {
        var judged = example.Tokens is { } words ? OfWords(words, example, prediction) : new()
        {
            Text = example.Text!,
            Expected = example.Entities?.Select(entity => new Entity(entity.Start, entity.End, entity.Label)).ToList(),
            Predicted = [.. (prediction.Entities ?? []).Select(entity => new Entity(entity.Start, entity.End, entity.Label))],
            Scores = [.. (prediction.Entities ?? []).Select(entity => entity.Score)],
        };

        return judged with
        {
            ExpectedLabel = task == TaskKind.TokenClassification ? null : example.Label,
            PredictedLabel = prediction.Label,
            Expected = task == TaskKind.TextClassification ? null : judged.Expected,
        };
    }

    public ExampleError ToError()
    {
        var wrong = Predicted.Select((entity, i) => Expected!.Contains(entity) ? 0 : Scores?[i] ?? 0);
        var score = wrong.Append(LabelIsRight == false ? PredictedLabel?.Score ?? 0 : 0).Max();

        return new(Text, score, ExpectedLabel, LabelIsRight is null ? null : PredictedLabel?.Name,
            Spans(Expected), Expected is null ? null : Spans(Predicted));
    }

    private static JudgedExample OfWords(IReadOnlyList<string> words, Example example, Prediction prediction)
    {
        var starts = new int[words.Count];
        for (var word = 1; word < words.Count; word++)
        {
            starts[word] = starts[word - 1] + words[word - 1].Length + 1;
        }

        var predicted = Iob2.Entities(prediction.Tags ?? []).ToList();
        return new()
        {
            Text = string.Join(' ', words),
            Expected = example.Tags is { } tags ? [.. Iob2.Entities(tags).Select(Place)] : null,
            Predicted = [.. predicted.Select(Place)],
            Scores = prediction.TagScores is { } scores
                ? [.. predicted.Select(entity => scores.Skip(entity.Start).Take(entity.End - entity.Start).Average())]
                : null,
        };

        Entity Place((int Start, int End, string Label) found) =>
            new(starts[found.Start], starts[found.End - 1] + words[found.End - 1].Length, found.Label);
    }

    private static EntitySpan[]? Spans(IReadOnlyList<Entity>? entities) =>
        entities is null ? null : [.. entities.Select(entity => new EntitySpan(entity.Start, entity.End, entity.Label))];
}
