using Droptune.Core.Inference;
using Droptune.Core.Labels;
using Droptune.Core.Metrics;

namespace Droptune.Core.Evaluation;

/// <summary>An example beside its prediction. Words are joined by spaces, so that all entities are parts of a text.</summary>
internal sealed record JudgedExample
{
    public required string Text { get; init; }

    /// <summary>Null where the example has no text label, or can have several.</summary>
    public string? ExpectedLabel { get; init; }

    public PredictedLabel? PredictedLabel { get; init; }

    /// <summary>Where the example or the prediction can have several labels; else null.</summary>
    public IReadOnlyList<string>? ExpectedLabels { get; init; }

    /// <summary>Labels beside <see cref="ExpectedLabels"/>.</summary>
    public IReadOnlyList<PredictedLabel> PredictedLabels { get; init; } = [];

    /// <summary>Null where the task has no entities, or the example does not say.</summary>
    public IReadOnlyList<Entity>? Expected { get; init; }

    public IReadOnlyList<Entity> Predicted { get; init; } = [];

    /// <summary>Scores of <see cref="Predicted"/>; null where the prediction has none.</summary>
    public IReadOnlyList<float>? Scores { get; init; }

    public bool? LabelIsRight => ExpectedLabels is not null ? ExpectedLabels.ToHashSet().SetEquals(PredictedLabels.Select(label => label.Name))
        : ExpectedLabel is null ? null : ExpectedLabel == PredictedLabel?.Name;

    public bool IsRight => LabelIsRight != false && (Expected is null || Expected.ToHashSet().SetEquals(Predicted));

    public Outcome Outcome
    {
        get
        {
            var labelIsRight = ExpectedLabels is null ? LabelIsRight : null;
            Outcome outcome = Expected is null
                ? new(0, 0, 0, labelIsRight)
                : new(Expected.Intersect(Predicted).Count(), Predicted.Distinct().Count(), Expected.Distinct().Count(), labelIsRight);
            return ExpectedLabels is null ? outcome : outcome with
            {
                Labels = (PredictedLabels.Count(IsExpected), PredictedLabels.Count, ExpectedLabels.Distinct().Count()),
            };
        }
    }

    public static JudgedExample Of(Example example, Prediction prediction, TaskKind task)
    {
        var judged = example.Tokens is { } words ? OfWords(words, example, prediction) : new()
        {
            Text = example.Text!,
            Expected = example.Entities?.Select(entity => new Entity(entity.Start, entity.End, entity.Label)).ToList(),
            Predicted = [.. (prediction.Entities ?? []).Select(entity => new Entity(entity.Start, entity.End, entity.Label))],
            Scores = [.. (prediction.Entities ?? []).Select(entity => entity.Score)],
        };

        judged = task.HasEntities() ? judged : judged with { Expected = null };
        if (!task.HasTextLabels())
        {
            return judged;
        }

        // A model of one label a text may be asked for data of several, and the other way round.
        return example.Labels is null && prediction.Labels is null
            ? judged with { ExpectedLabel = example.Label, PredictedLabel = prediction.Label }
            : judged with { ExpectedLabels = example.TextLabels(), PredictedLabels = prediction.TextLabels() };
    }

    /// <summary>Whether one of several labels is right.</summary>
    public bool IsExpected(PredictedLabel label) => ExpectedLabels!.Contains(label.Name);

    public ExampleError ToError()
    {
        var wrong = Predicted.Select((entity, i) => Expected!.Contains(entity) ? 0 : Scores?[i] ?? 0);
        var wrongLabels = ExpectedLabels is not null ? PredictedLabels.Where(label => !IsExpected(label)).Select(label => label.Score)
            : LabelIsRight == false ? [PredictedLabel?.Score ?? 0] : [];
        var score = wrong.Concat(wrongLabels).DefaultIfEmpty(0).Max();

        return new(Text, score, ExpectedLabel, ExpectedLabel is null ? null : PredictedLabel?.Name,
            Spans(Expected), Expected is null ? null : Spans(Predicted))
        {
            ExpectedLabels = ExpectedLabels,
            PredictedLabels = ExpectedLabels is null ? null : [.. PredictedLabels.Select(label => label.Name)],
        };
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
