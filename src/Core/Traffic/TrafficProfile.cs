using Droptune.Core.Inference;

namespace Droptune.Core.Traffic;

/// <summary>What predictions looked like, in counts: no text is kept. Profiles of the same kind can be added up.</summary>
public sealed record TrafficProfile
{
    public long Texts { get; init; }

    /// <summary>Predicted text labels.</summary>
    public IReadOnlyDictionary<string, long> Labels { get; init; } = new Dictionary<string, long>();

    /// <summary>Labels of predicted entities.</summary>
    public IReadOnlyDictionary<string, long> Entities { get; init; } = new Dictionary<string, long>();

    /// <summary>Scores in tenths, each of what is least sure of a text; texts of which nothing was predicted are left out.</summary>
    public IReadOnlyList<long> Scores { get; init; } = new long[TrafficTally.ScoreBins];

    /// <summary>Lengths in pieces, each bin twice as wide as the one before.</summary>
    public IReadOnlyList<long> Lengths { get; init; } = new long[TrafficTally.LengthBins];

    public long Pieces { get; init; }

    /// <summary>Pieces that the vocabulary does not have.</summary>
    public long UnknownPieces { get; init; }

    public static TrafficProfile Of(IEnumerable<Prediction> predictions)
    {
        var tally = new TrafficTally();
        tally.Add(predictions);
        return tally.ToProfile();
    }

    public static TrafficProfile operator +(TrafficProfile left, TrafficProfile right)
    {
        var tally = new TrafficTally();
        tally.Add(left);
        tally.Add(right);
        return tally.ToProfile();
    }
}
