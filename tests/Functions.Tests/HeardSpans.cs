using System.Collections.Concurrent;
using System.Diagnostics;
using Droptune.Core.Telemetry;

namespace Droptune.Functions.Tests;

/// <summary>Hears the product's spans of what is called while it lives; those of other tests are left out.</summary>
internal sealed class HeardSpans : IDisposable
{
    private readonly ConcurrentQueue<Activity> _spans = [];
    private readonly Activity _call = new Activity(nameof(HeardSpans)).Start();
    private readonly ActivityListener _listener;

    public HeardSpans()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Tracing.Source,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>The spans that have ended: names, and whether they failed.</summary>
    public IReadOnlyList<(string Name, bool Failed)> All =>
        [.. _spans.Where(span => span.TraceId == _call.TraceId).Select(span => (span.OperationName, span.Status == ActivityStatusCode.Error))];

    public void Dispose()
    {
        _listener.Dispose();
        _call.Dispose();
    }
}
