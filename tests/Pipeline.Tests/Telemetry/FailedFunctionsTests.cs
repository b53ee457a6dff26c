using System.Diagnostics;
using Droptune.Core.Jobs;
using Droptune.Core.Telemetry;
using Droptune.Functions.Evaluation;
using Droptune.Functions.Hosting;
using Droptune.Functions.Ingestion;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Droptune.Pipeline.Tests.Telemetry;

/// <summary>
/// What is exported of functions that fail, each for want of a service: a span of a consumer with status error, which Azure
/// Monitor counts as a failed request. A prediction is part of its caller's HTTP request, and fails below it.
/// </summary>
public sealed class FailedFunctionsTests
{
    private static readonly QueueMessages Messages = new(null!, NullLogger<QueueMessages>.Instance);

    public static TheoryData<string, SpanKind, Func<Task>> Functions => new()
    {
        { "ingest", SpanKind.Consumer, () => new IngestDataset(null!).RunAsync(Stream.Null, "support/train.conll", default) },
        { "validate", SpanKind.Consumer, () => new ValidateDataset(null!, Messages).RunAsync(Json(new DatasetChange("support", "1")), default) },
        { "evaluate", SpanKind.Consumer, () => new EvaluateModel(null!, Messages).RunAsync(Json(new EvaluationRequest("support")), default) },
        { "predict", SpanKind.Internal, PredictAsync },
    };

    [Theory]
    [MemberData(nameof(Functions))]
    public async Task Run_Throws_IsExportedAsFailed(string name, SpanKind kind, Func<Task> run)
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        var settings = new ConfigurationBuilder().AddInMemoryCollection(receiver.Settings).Build();
        using var call = new Activity("call") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.Start(); // tells its spans from those of tests beside it
        await using (var services = new ServiceCollection().AddSingleton<IConfiguration>(settings).AddLogging()
            .AddDroptuneTelemetry(settings, "tests").BuildServiceProvider())
        {
            services.StartTelemetry();
            await Assert.ThrowsAsync<NullReferenceException>(run);
        }

        var span = Assert.Single(receiver.Spans, span => Convert.ToHexStringLower(span.TraceId.Span) == call.TraceId.ToHexString());
        Assert.Equal((name, kind, SpanOutcome.StatusCodeError), (span.Name, span.Kind, span.Status.Code));
    }

    private static async Task PredictAsync()
    {
        using var span = Tracing.StartPrediction(null, ("model", "support"));
        await span.RunAsync<object>(() => Task.FromResult<object>(((string)null!).Length));
    }

    private static string Json<T>(T message) => JsonSerializer.Serialize(message, DroptuneJson.Compact);
}
