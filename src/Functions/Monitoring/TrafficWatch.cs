using System.Diagnostics;
using System.Diagnostics.Metrics;
using Droptune.Core.Inference;
using Droptune.Core.Traffic;

namespace Droptune.Functions.Monitoring;

/// <summary>The predictions of one version of a model in one hour.</summary>
public readonly record struct TrafficHour(string Model, string Version, DateTimeOffset Hour);

/// <summary>
/// Counts what is predicted, by model and hour, without keeping texts; as metrics at once, and as profiles for whoever stores
/// them. Thread-safe.
/// </summary>
public sealed class TrafficWatch
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TrafficHour, TrafficTally> _hours = [];
    private readonly TimeProvider _clock;
    private readonly Counter<long> _labels;
    private readonly Counter<long> _entities;
    private readonly Counter<long> _unknownPieces;
    private readonly Histogram<int> _pieces;
    private readonly Histogram<double> _scores;

    public TrafficWatch(TimeProvider clock, IMeterFactory meters)
    {
        _clock = clock;
        var meter = meters.Create(Measures.TrafficSource);
        _labels = meter.CreateCounter<long>("droptune.traffic.labels", "{text}", "Predicted text labels.");
        _entities = meter.CreateCounter<long>("droptune.traffic.entities", "{entity}", "Predicted entities.");
        _unknownPieces = meter.CreateCounter<long>("droptune.traffic.unknown_pieces", "{piece}", "Pieces that the vocabulary does not have.");
        _pieces = meter.CreateHistogram<int>("droptune.traffic.pieces", "{piece}", "Length of texts.");
        _scores = meter.CreateHistogram<double>("droptune.traffic.score", "1", "Score of predicted text labels.");
    }

    public void Record(string model, string version, IReadOnlyList<Prediction> predictions)
    {
        var now = _clock.GetUtcNow();
        Change(new(model, version, new(now.Year, now.Month, now.Day, now.Hour, 0, 0, TimeSpan.Zero)), tally => tally.Add(predictions));

        var tags = new TagList { { "model", model }, { "version", version } };
        foreach (var prediction in predictions)
        {
            _pieces.Record(prediction.Pieces, tags);
            _unknownPieces.Add(prediction.UnknownPieces, tags);
            foreach (var label in prediction.TextLabels())
            {
                _scores.Record(label.Score, tags);
                Count(_labels, label.Name, tags);
            }

            foreach (var entity in TrafficTally.EntityLabels(prediction))
            {
                Count(_entities, entity, tags);
            }
        }
    }

    /// <summary>The profiles since the last call; they are the caller's to store, and no longer here.</summary>
    public IReadOnlyList<(TrafficHour Hour, TrafficProfile Profile)> Take()
    {
        lock (_lock)
        {
            var taken = _hours.Select(hour => (hour.Key, hour.Value.ToProfile())).ToList();
            _hours.Clear();
            return taken;
        }
    }

    /// <summary>Takes back what could not be stored.</summary>
    public void Return(TrafficHour hour, TrafficProfile profile) => Change(hour, tally => tally.Add(profile));

    private void Change(TrafficHour hour, Action<TrafficTally> change)
    {
        lock (_lock)
        {
            change(_hours.TryGetValue(hour, out var known) ? known : _hours[hour] = new());
        }
    }

    private static void Count(Counter<long> counter, string label, TagList tags)
    {
        if (counter.Enabled)
        {
            counter.Add(1, [.. tags, new("label", label)]);
        }
    }
}
