using System.Diagnostics.Metrics;
using Azure;
using Droptune.Core.Evaluation;
using Droptune.Core.Traffic;
using Droptune.Functions.Evaluation;

namespace Droptune.Functions.Monitoring;

/// <summary>Puts traffic and evaluations together.</summary>
public sealed class TrafficReports(
    TrafficStore traffic, ModelStore models, EvaluationStore evaluations, DroptuneStorage storage, TimeProvider clock, IMeterFactory meters,
    ILogger<TrafficReports> logger)
{
    private const int Days = 7;

    private readonly Gauge<double> _shift = meters.Create(Measures.TrafficSource)
        .CreateGauge<double>("droptune.traffic.psi", "1", "Population stability index of the last day against dev.");

    /// <summary>Reports the drift of what is served as a metric, and warns where it is real.</summary>
    public async Task MeasureAsync(string model, CancellationToken cancellationToken)
    {
        if (await OfAsync(model, cancellationToken) is not { Drift: { } drift, Version: { } version })
        {
            return;
        }

        foreach (var (property, shift) in drift.Shifts())
        {
            _shift.Record(shift.Index, new("model", model), new("version", version), new("property", property));
            if (shift.IsReal)
            {
                logger.LogWarning(
                    "Traffic of {Model} {Version} has shifted in {Property} (index {Index:0.00}), most in {Moved}",
                    model, version, property, shift.Index, string.Join(", ", shift.Moved.Select(bin => bin.Bin)));
            }
        }
    }

    /// <summary>Null when there is no such model.</summary>
    public async Task<TrafficReport?> OfAsync(string model, CancellationToken cancellationToken)
    {
        if (await models.FindAsync(model, cancellationToken) is not { } record)
        {
            return null;
        }

        var now = clock.GetUtcNow();
        var hours = await traffic.ListAsync(model, now.AddDays(-Days), cancellationToken);
        var lastDay = hours.Where(hour => hour.Version == record.Production && hour.Hour > now.AddDays(-1))
            .Aggregate(new TrafficProfile(), (sum, hour) => sum + hour.Profile);
        var expected = lastDay.Texts == 0 ? null : await ExpectedAsync(model, record.Production!, cancellationToken);

        return new()
        {
            Model = model,
            Version = record.Production,
            LastDay = lastDay,
            Drift = expected is null ? null : TrafficDrift.Of(expected, lastDay),
            Hours = hours,
        };
    }

    private async Task<TrafficProfile?> ExpectedAsync(string model, string version, CancellationToken cancellationToken)
    {
        var all = await evaluations.ListAsync(model, after: null, limit: 50, cancellationToken);
        if (all.FirstOrDefault(evaluation => evaluation.Version == version) is not { } last)
        {
            return null;
        }

        try
        {
            var blob = storage.Container(StorageNames.Reports).GetBlobClient($"{last.Report}.json");
            var report = EvaluationReport.Read((await blob.DownloadContentAsync(cancellationToken)).Value.Content.ToString());
            return report.Splits.GetValueOrDefault(Split.Dev)?.Profile;
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null; // somebody tidied up
        }
    }
}
