using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Droptune.Core.Inference;

namespace Droptune.Core.Traffic;

/// <summary>The predictions of one version of a model in one hour.</summary>
public readonly record struct TrafficHour(string Model, string Version, DateTimeOffset Hour);

/// <summary>
/// Counts what is predicted, by model and hour, without keeping texts; as metrics at once, and as profiles for whoever stores
/// them. Thread-safe.
/// </summary>
public sealed class TrafficWatch
{
    /// <summary>Name of the meter, to be added to OpenTelemetry.</summary>
    public const string MeterName = "Droptune.Traffic";

    private readonly ConcurrentDictionary<TrafficHour, TrafficProfile> _profiles = new();
    private readonly TimeProvider _clock;
    private readonly Counter<long> _labels;
    private readonly Counter<long> _entities;
    private readonly Counter<long> _unknownPieces;
    private readonly Histogram<int> _pieces;
    private readonly Histogram<double> _scores;

    public TrafficWatch(TimeProvider clock, IMeterFactory meters)
    {
        _clock = clock;
        var meter = meters.Create(MeterName);
        _labels = meter.CreateCounter<long>("droptune.traffic.labels", "{text}", "Predicted text labels.");
        _entities = meter.CreateCounter<long>("droptune.traffic.entities", "{entity}", "Predicted entities.");
        _unknownPieces = meter.CreateCounter<long>("droptune.traffic.unknown_pieces", "{piece}", "Pieces that the vocabulary does not have.");
        _pieces = meter.CreateHistogram<int>("droptune.traffic.pieces", "{piece}", "Length of texts.");
        _scores = meter.CreateHistogram<double>("droptune.traffic.score", "1", "Score of predicted text labels.");
    }

    public void Record(string model, string version, IReadOnlyList<Prediction> predictions)
    {
        var (now, profile) = (_clock.GetUtcNow(), TrafficProfile.Of(predictions));
        var hour = new DateTimeOffset(now.Year, now.Month, now.Day, now.Hour, 0, 0, TimeSpan.Zero);
        _profiles.AddOrUpdate(new(model, version, hour), profile, (_, sum) => sum + profile);

        var tags = new TagList { { "model", model }, { "version", version } };
        _unknownPieces.Add(profile.UnknownPieces, tags);
        foreach (var prediction in predictions)
        {
            _pieces.Record(prediction.Pieces, tags);
            if (prediction.Label is { } label)
            {
                _scores.Record(label.Score, tags);
            }
        }

        Count(_labels, profile.Labels, tags);
        Count(_entities, profile.Entities, tags);
    }

    /// <summary>The profiles since the last call; they are the caller's to store, and no longer here.</summary>
    public IReadOnlyList<(TrafficHour Hour, TrafficProfile Profile)> Take()
    {
        var taken = new List<(TrafficHour, TrafficProfile)>();
        foreach (var hour in _profiles.Keys)
        {
            if (_profiles.TryRemove(hour, out var profile))
            {
                taken.Add((hour, profile));
            }
        }

        return taken;
    }

    /// <summary>Takes back what could not be stored.</summary>
    public void Return(TrafficHour hour, TrafficProfile profile) => _profiles.AddOrUpdate(hour, profile, (_, sum) => sum + profile);

    private static void Count(Counter<long> counter, IReadOnlyDictionary<string, long> labels, TagList tags)
    {
        foreach (var (label, count) in labels)
        {
            counter.Add(count, [.. tags, new("label", label)]);
        }
    }
}
