using System.Numerics;
using Droptune.Core.Inference;
using Droptune.Core.Labels;

namespace Droptune.Core.Traffic;

/// <summary>Adds predictions up to a profile, in place: there are thousands a second. Not thread-safe.</summary>
public sealed class TrafficTally
{
    public const int ScoreBins = 10;
    public const int LengthBins = 9; // 0 to 2, 4, 8, … 256, and more pieces

    private readonly Dictionary<string, long> _labels = [];
    private readonly Dictionary<string, long> _entities = [];
    private readonly long[] _scores = new long[ScoreBins];
    private readonly long[] _lengths = new long[LengthBins];
    private long _texts;
    private long _pieces;
    private long _unknownPieces;

    public void Add(IEnumerable<Prediction> predictions)
    {
        foreach (var prediction in predictions)
        {
            _texts++;
            _pieces += prediction.Pieces;
            _unknownPieces += prediction.UnknownPieces;
            _lengths[Math.Clamp(BitOperations.Log2((uint)Math.Max(prediction.Pieces - 1, 1)), 0, LengthBins - 1)]++;
            foreach (var label in prediction.TextLabels())
            {
                Add(_labels, label.Name, 1);
            }

            foreach (var entity in EntityLabels(prediction))
            {
                Add(_entities, entity, 1);
            }

            if (prediction.LeastSure is { } score)
            {
                _scores[Math.Clamp((int)(score * ScoreBins), 0, ScoreBins - 1)]++;
            }
        }
    }

    public void Add(TrafficProfile profile)
    {
        _texts += profile.Texts;
        _pieces += profile.Pieces;
        _unknownPieces += profile.UnknownPieces;
        Add(_labels, profile.Labels);
        Add(_entities, profile.Entities);
        Add(_scores, profile.Scores);
        Add(_lengths, profile.Lengths);
    }

    public TrafficProfile ToProfile() => new()
    {
        Texts = _texts,
        Labels = new Dictionary<string, long>(_labels),
        Entities = new Dictionary<string, long>(_entities),
        Scores = [.. _scores],
        Lengths = [.. _lengths],
        Pieces = _pieces,
        UnknownPieces = _unknownPieces,
    };

    /// <summary>The label of each entity, of a text or in tags.</summary>
    public static IEnumerable<string> EntityLabels(Prediction prediction) =>
        prediction.Entities?.Select(entity => entity.Label) ?? Iob2.Entities(prediction.Tags ?? []).Select(entity => entity.Label);

    private static void Add(Dictionary<string, long> counts, IReadOnlyDictionary<string, long> more)
    {
        foreach (var (name, count) in more)
        {
            Add(counts, name, count);
        }
    }

    private static void Add(Dictionary<string, long> counts, string name, long count) => counts[name] = counts.GetValueOrDefault(name) + count;

    private static void Add(long[] bins, IReadOnlyList<long> more)
    {
        for (var bin = 0; bin < bins.Length; bin++)
        {
            bins[bin] += more[bin];
        }
    }
}
