using System.Collections.Concurrent;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Droptune.Pipeline.Tests.Telemetry;

/// <summary>Takes what the processes under test export by OTLP over HTTP, and keeps it.</summary>
public sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<Span> _spans = [];
    private readonly ConcurrentDictionary<string, ReceivedMetric> _metrics = [];
    private readonly WebApplication _server;

    private OtlpReceiver(WebApplication server) => _server = server;

    /// <summary>The settings that make a process export here, soon after each span and measurement.</summary>
    public IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _server.Urls.Single(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
    };

    /// <summary>The spans that have ended.</summary>
    public IReadOnlyList<Span> Spans => [.. _spans];

    /// <summary>The metrics by name.</summary>
    public IReadOnlyDictionary<string, ReceivedMetric> Metrics => _metrics;

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new OtlpReceiver(builder.Build());
        receiver._server.MapPost("/v1/traces", async request => receiver.Add(await ReadAsync(request, TraceExport.Parser)));
        receiver._server.MapPost("/v1/metrics", async request => receiver.Add(await ReadAsync(request, MetricExport.Parser)));
        receiver._server.MapPost("/v1/logs", _ => Task.CompletedTask);
        await receiver._server.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static async Task<T> ReadAsync<T>(HttpContext context, MessageParser<T> parser)
        where T : IMessage<T>
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return parser.ParseFrom(body.GetBuffer().AsSpan(0, (int)body.Length));
    }

    private void Add(TraceExport export)
    {
        foreach (var span in export.ResourceSpans.SelectMany(resource => resource.ScopeSpans).SelectMany(scope => scope.Spans))
        {
            _spans.Enqueue(span);
        }
    }

    private void Add(MetricExport export)
    {
        foreach (var metric in export.ResourceMetrics.SelectMany(resource => resource.ScopeMetrics).SelectMany(scope => scope.Metrics))
        {
            IEnumerable<Attribute> attributes =
            [
                .. new[] { metric.Gauge, metric.Sum }.Where(numbers => numbers is not null).SelectMany(numbers => numbers.DataPoints).SelectMany(point => point.Attributes),
                .. metric.Histogram?.DataPoints.SelectMany(point => point.Attributes) ?? [],
            ];
            _metrics[metric.Name] = new(metric.Unit, attributes.Select(attribute => attribute.Key).ToHashSet());
        }
    }
}

/// <summary>A metric's unit, and the dimensions that it was last measured by.</summary>
public sealed record ReceivedMetric(string Unit, IReadOnlySet<string> Dimensions);
