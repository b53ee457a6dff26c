using System.Diagnostics;
using System.Diagnostics.Metrics;
using Droptune.Core.Runs;

namespace Droptune.Core.Telemetry;

/// <summary>Everything that is measured, with units. Queries of the workbook and the alerts name these (<c>infra/bicep/queries</c>).</summary>
public static class Measures
{
    public const string Source = "Droptune";

    /// <summary>Name of the meter of what is predicted, which the functions own.</summary>
    public const string TrafficSource = "Droptune.Traffic";

    private static readonly Meter Meter = new(Source);

    private static readonly Counter<long> Validations = Meter.CreateCounter<long>(
        "droptune.validations", "{validation}", "Validations of datasets, by outcome");

    private static readonly Counter<long> Findings = Meter.CreateCounter<long>(
        "droptune.validation.findings", "{finding}", "What the gate found, by severity and code");

    private static readonly Histogram<double> QueueWait = Meter.CreateHistogram(
        "droptune.training.queue_wait", "s", "From queued to begun", tags: null, Steps(1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600));

    private static readonly Gauge<double> Loss = Meter.CreateGauge<double>(
        "droptune.training.loss", "1", "Mean training loss of an epoch so far");

    private static readonly Gauge<double> DevMain = Meter.CreateGauge<double>(
        "droptune.training.dev_main", "1", "Main score on dev after an epoch, 0 to 1");

    private static readonly Gauge<double> Throughput = Meter.CreateGauge<double>(
        "droptune.training.throughput", "{token}/s", "Real tokens trained a second, no padding");

    private static readonly Counter<double> DeviceTime = Meter.CreateCounter<double>(
        "droptune.training.device_time", "min", "Time that training held its machine: GPU minutes, on a GPU");

    private static readonly Counter<long> Runs = Meter.CreateCounter<long>(
        "droptune.training.runs", "{run}", "Runs that reached a state");

    private static readonly Histogram<double> PredictDuration = Meter.CreateHistogram(
        "droptune.predict.duration", "s", "Predictions of one request, waiting included", tags: null,
        Steps(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10));

    private static readonly Histogram<double> BatchSize = Meter.CreateHistogram(
        "droptune.predict.batch_size", "{text}", "Texts that were computed together", tags: null, Steps(1, 2, 4, 8, 16, 32, 64, 128, 256));

    private static readonly Gauge<double> EvaluationMain = Meter.CreateGauge<double>(
        "droptune.evaluation.main", "1", "Main score of a served model on a split, 0 to 1");

    private static readonly Counter<long> Drops = Meter.CreateCounter<long>(
        "droptune.evaluation.drops", "{drop}", "Falls of a served model's main score that are larger than chance");

    /// <summary>A dataset was validated.</summary>
    /// <param name="dataset">Its name.</param>
    /// <param name="accepted">The verdict.</param>
    /// <param name="findings">How often each code was found, with its severity.</param>
    public static void Validated(string dataset, bool accepted, IEnumerable<(string Severity, string Code, long Count)> findings)
    {
        Validations.Add(1, new("dataset", dataset), new("outcome", accepted ? "accepted" : "rejected"));
        foreach (var (severity, code, count) in findings)
        {
            Findings.Add(count, new("dataset", dataset), new("severity", severity), new("code", code));
        }
    }

    /// <summary>A run's record changed; counted when its state did, and the first start tells how long it waited.</summary>
    public static void Changed(RunRecord? before, RunRecord after)
    {
        if (before?.State == after.State)
        {
            return;
        }

        Runs.Add(1, [.. Of(after), new("state", after.State.ToString().ToLowerInvariant())]);
        if (after is { State: RunState.Running, Attempt: 1, StartedAt: { } started })
        {
            QueueWait.Record((started - after.QueuedAt).TotalSeconds, Of(after));
        }
    }

    /// <summary>A training reported where it is.</summary>
    public static void Progressed(RunRecord run, RunProgress? before, RunProgress now)
    {
        KeyValuePair<string, object?>[] tags = [.. Of(run), new("epoch", now.Epoch)];
        if (now is { Stage: RunStage.Training, Loss: { } loss })
        {
            Loss.Record(loss, tags);
        }

        if (now.DevMetric is { } metric && metric != before?.DevMetric)
        {
            DevMain.Record(metric.Value, tags);
        }

        if (now is { Stage: RunStage.Training, TokensPerSecond: { } speed })
        {
            Throughput.Record(speed, Of(run));
        }
    }

    /// <summary>An attempt at a run held its machine for so long, whatever came of it.</summary>
    public static void Worked(RunRecord run, TimeSpan time) => DeviceTime.Add(time.TotalMinutes, Of(run));

    /// <summary>Measures from now until it is disposed.</summary>
    public static PredictTimer Predicting(string model, string version) => new(model, version, Stopwatch.GetTimestamp());

    /// <summary>Texts (windows of them) were computed together.</summary>
    public static void Batched(int texts) => BatchSize.Record(texts);

    /// <summary>A model was evaluated on a split.</summary>
    public static void Evaluated(string model, string version, Split split, double score) => EvaluationMain.Record(score, Of(model, version, split));

    /// <summary>A served model fell on a split, by more than chance.</summary>
    public static void Dropped(string model, string version, Split split) => Drops.Add(1, Of(model, version, split));

    private static KeyValuePair<string, object?>[] Of(RunRecord run) => [new("model", run.Model), new("run", run.RunId)];

    private static KeyValuePair<string, object?>[] Of(string model, string version, Split split) =>
        [new("model", model), new("version", version), new("split", split.Name())];

    private static InstrumentAdvice<double> Steps(params double[] boundaries) => new() { HistogramBucketBoundaries = boundaries };

    /// <summary>The time of one request's predictions.</summary>
    public readonly struct PredictTimer(string model, string version, long start) : IDisposable
    {
        public void Dispose() =>
            PredictDuration.Record(Stopwatch.GetElapsedTime(start).TotalSeconds, new("model", model), new KeyValuePair<string, object?>("version", version));
    }
}
