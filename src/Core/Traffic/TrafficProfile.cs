using System.Numerics;
using Droptune.Core.Inference;
using Droptune.Core.Text;

namespace Droptune.Core.Traffic;

/// <summary>What predictions looked like, in counts: no text is kept. Profiles of the same kind can be added up.</summary>
public sealed record TrafficProfile
{
    private const int ScoreBins = 10;
    private const int LengthBins = 9; // 0 to 2, 4, 8, … 256, and more pieces

    public long Texts { get; init; }

    /// <summary>Predicted text labels.</summary>
    public IReadOnlyDictionary<string, long> Labels { get; init; } = new Dictionary<string, long>();

    /// <summary>Labels of predicted entities.</summary>
    public IReadOnlyDictionary<string, long> Entities { get; init; } = new Dictionary<string, long>();

    /// <summary>Scores in tenths, of the text label, or else of the entity that is least sure; texts without either are left out.</summary>
    public IReadOnlyList<long> Scores { get; init; } = new long[ScoreBins];

    /// <summary>Lengths in pieces, each bin twice as wide as the one before.</summary>
    public IReadOnlyList<long> Lengths { get; init; } = new long[LengthBins];

    public long Pieces { get; init; }

    /// <summary>Pieces that the vocabulary does not have.</summary>
    public long UnknownPieces { get; init; }

    public static TrafficProfile Of(IEnumerable<Prediction> predictions)
    {
        var (texts, pieces, unknown) = (0L, 0L, 0L);
        var (labels, entities) = (new Dictionary<string, long>(), new Dictionary<string, long>());
        var (scores, lengths) = (new long[ScoreBins], new long[LengthBins]);
        foreach (var prediction in predictions)
        {
            (texts, pieces, unknown) = (texts + 1, pieces + prediction.Pieces, unknown + prediction.UnknownPieces);
            lengths[Math.Clamp(BitOperations.Log2((uint)Math.Max(prediction.Pieces - 1, 1)), 0, LengthBins - 1)]++;
            if (prediction.Label is { } label)
            {
                labels[label.Name] = labels.GetValueOrDefault(label.Name) + 1;
            }

            foreach (var name in EntityLabels(prediction))
            {
                entities[name] = entities.GetValueOrDefault(name) + 1;
            }

            if ((prediction.Label?.Score ?? LeastSure(prediction)) is { } score)
            {
                scores[Math.Clamp((int)(score * ScoreBins), 0, ScoreBins - 1)]++;
            }
        }

        return new() { Texts = texts, Labels = labels, Entities = entities, Scores = scores, Lengths = lengths, Pieces = pieces, UnknownPieces = unknown };
    }

    public static TrafficProfile operator +(TrafficProfile left, TrafficProfile right) => new()
    {
        Texts = left.Texts + right.Texts,
        Labels = Sum(left.Labels, right.Labels),
        Entities = Sum(left.Entities, right.Entities),
        Scores = [.. left.Scores.Zip(right.Scores, (a, b) => a + b)],
        Lengths = [.. left.Lengths.Zip(right.Lengths, (a, b) => a + b)],
        Pieces = left.Pieces + right.Pieces,
        UnknownPieces = left.UnknownPieces + right.UnknownPieces,
    };

    private static IEnumerable<string> EntityLabels(Prediction prediction) =>
        prediction.Entities?.Select(entity => entity.Label) ?? Iob2.Entities(prediction.Tags ?? []).Select(entity => entity.Label);

    // Entities of a text have scores; of words, the tags have.
    private static float? LeastSure(Prediction prediction) =>
        prediction.Entities?.Select(entity => (float?)entity.Score).Min()
        ?? prediction.TagScores?.Where((_, word) => prediction.Tags![word] != Iob2.Outside).Select(score => (float?)score).Min();

    private static Dictionary<string, long> Sum(IReadOnlyDictionary<string, long> left, IReadOnlyDictionary<string, long> right) =>
        left.Concat(right).GroupBy(entry => entry.Key).ToDictionary(label => label.Key, label => label.Sum(entry => entry.Value));
}
