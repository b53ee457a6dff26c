using System.Collections.Concurrent;
using System.Diagnostics;
using Droptune.Core.Jobs;
using Droptune.Core.Telemetry;
using Droptune.Functions.Evaluation;
using Droptune.Functions.Hosting;
using Droptune.Functions.Ingestion;
using Microsoft.Extensions.Logging.Abstractions;

namespace Droptune.Functions.Tests.Hosting;

/// <summary>What is exported of functions that fail: each is given a service that is missing.</summary>
public sealed class FailedFunctionsTests
{
    private static readonly QueueMessages Messages = new(null!, NullLogger<QueueMessages>.Instance);

    public static TheoryData<string, Func<Task>> Functions => new()
    {
        { "ingest", () => new IngestDataset(null!).RunAsync(Stream.Null, "support/train.conll", default) },
        { "validate", () => new ValidateDataset(null!, Messages).RunAsync(Json(new DatasetChange("support", "1")), default) },
        { "evaluate", () => new EvaluateModel(null!, Messages).RunAsync(Json(new EvaluationRequest("support")), default) },
    };

    [Theory]
    [MemberData(nameof(Functions))]
    public async Task Run_Throws_IsAFailedSpan(string name, Func<Task> run)
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Tracing.Source,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var call = new Activity(nameof(Run_Throws_IsAFailedSpan)).Start(); // other tests' spans are heard as well

        await Assert.ThrowsAsync<NullReferenceException>(run);

        var span = Assert.Single(spans, span => span.TraceId == call.TraceId);
        Assert.Equal((name, ActivityStatusCode.Error), (span.OperationName, span.Status));
    }

    private static string Json<T>(T message) => System.Text.Json.JsonSerializer.Serialize(message, DroptuneJson.Compact);
}
