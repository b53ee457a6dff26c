using System.Text.Json.Serialization;
using Droptune.Core.Labels;
using Droptune.Core.Text.Unicode;

namespace Droptune.Core.Inference;

/// <summary>What a model says of one input; the parts that its task has not, and those of the other kind of input, are null.</summary>
public sealed record Prediction
{
    /// <summary>The label of the text, where each text has one.</summary>
    public PredictedLabel? Label { get; init; }

    /// <summary>The labels of the text that reach their thresholds, the surest first, where a text can have several.</summary>
    public IReadOnlyList<PredictedLabel>? Labels { get; init; }

    /// <summary>The entities of a text, by start.</summary>
    public IReadOnlyList<PredictedEntity>? Entities { get; init; }

    /// <summary>One IOB2 tag a word, where the input was words.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>The probability of each of <see cref="Tags"/>; for evaluation, no part of the API.</summary>
    [JsonIgnore]
    public IReadOnlyList<float>? TagScores { get; init; }

    /// <summary>
    /// How sure the model is of the label that is nearest to its threshold, on whichever side: from 0.5, on it, to 1. Null where a text
    /// has one label; no part of the API.
    /// </summary>
    [JsonIgnore]
    public float? LabelsSure { get; init; }

    /// <summary>Pieces of the input, without [CLS] and [SEP]; for the watch over traffic, no part of the API.</summary>
    [JsonIgnore]
    public int Pieces { get; init; }

    /// <summary>How many of them are [UNK].</summary>
    [JsonIgnore]
    public int UnknownPieces { get; init; }

    /// <summary>
    /// The score of what is least sure: the text label, whether one of several holds, an entity, or the tag of a word in one. Null
    /// where nothing was predicted; no part of the API.
    /// </summary>
    [JsonIgnore]
    public float? LeastSure => (Entities ?? []).Select(entity => (float?)entity.Score)
        .Concat((TagScores ?? []).Where((_, word) => Tags![word] != Iob2.Outside).Select(score => (float?)score))
        .Append(Label?.Score)
        .Append(LabelsSure)
        .Min();

    /// <summary>Whatever labels the text has, as a list.</summary>
    public IReadOnlyList<PredictedLabel> TextLabels() => Labels ?? (Label is null ? [] : [Label]);

    /// <summary>The same with places counted in Unicode code points instead of UTF-16 code units.</summary>
    /// <param name="text">The text that was predicted.</param>
    public Prediction InCodePoints(string text)
    {
        if (Entities is null)
        {
            return this;
        }

        var codePoints = new CodePoints(text);
        return this with
        {
            Entities =
            [
                .. Entities.Select(e => e with { Start = codePoints.FromUtf16(e.Start), End = codePoints.FromUtf16(e.End) }),
            ],
        };
    }
}

/// <summary>A text label with its probability.</summary>
public sealed record PredictedLabel(string Name, float Score);

/// <summary>
/// A part of the caller's text: <c>Text</c> is the slice from <c>Start</c> to <c>End</c> (exclusive). <c>Score</c> is the mean
/// probability of its units' tags.
/// </summary>
public sealed record PredictedEntity(string Label, string Text, int Start, int End, float Score);
