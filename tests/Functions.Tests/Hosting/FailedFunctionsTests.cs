using Droptune.Core.Jobs;
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
        using var spans = new HeardSpans();

        await Assert.ThrowsAsync<NullReferenceException>(run);

        Assert.Equal([(name, true)], spans.All);
    }

    private static string Json<T>(T message) => System.Text.Json.JsonSerializer.Serialize(message, DroptuneJson.Compact);
}
