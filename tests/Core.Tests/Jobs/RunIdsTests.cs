using System.Text.Json.Nodes;
using Droptune.Core.Jobs;
using Droptune.Core.Storage;

namespace Droptune.Core.Tests.Jobs;

public class RunIdsTests
{
    private static readonly JobSpec Spec = new()
    {
        Model = "support",
        Dataset = new DatasetReference("support", "0123456789ab"),
        Task = TaskKind.Joint,
        Optimisation = new Optimisation { EarlyStopping = null, LearningRate = 1e-4 },
    };

    [Fact]
    public void For_SpecSentAsAMessage_KeepsItsId()
    {
        var received = JsonSerializer.Deserialize<JobSpec>(JsonSerializer.Serialize(Spec, DroptuneJson.Compact), DroptuneJson.Compact)!;

        Assert.Equal(RunIds.For(Spec), RunIds.For(received));
        Assert.Null(received.Optimisation.EarlyStopping);
    }

    [Fact]
    public void For_OtherTraceOrId_IsTheSameRun() =>
        Assert.Equal(RunIds.For(Spec), RunIds.For(Spec with { RunId = "x", Traceparent = "00-1-2-01" }));

    [Fact]
    public void For_OtherSetting_IsAnotherRun() =>
        Assert.NotEqual(RunIds.For(Spec), RunIds.For(Spec with { Optimisation = Spec.Optimisation with { Seed = 43 } }));

    // Ids that the first version gave, of messages in tests/data/account-1.
    [Theory]
    [InlineData("8bc23940bc04724c", "plain")]
    [InlineData("bc4fe72c83567159", "named")]
    [InlineData("ec906a3d27698169", "fresh")]
    public void For_SpecOfTheFirstVersion_KeepsItsId(string runId, string model)
    {
        var message = WaitingJobs().Single(job => (string?)job["model"] == model);

        var spec = message.Deserialize<JobSpec>(DroptuneJson.Compact)!;

        Assert.Equal(runId, RunIds.For(spec));
    }

    [Fact]
    public void Read_MetricAsTheFirstVersionNamedIt_IsTheMainScore()
    {
        var message = WaitingJobs().Single(job => (string?)job["model"] == "plain");

        var spec = message.Deserialize<JobSpec>(DroptuneJson.Compact)!;

        Assert.Equal("f1", (string?)message["optimisation"]!["earlyStopping"]!["metric"]);
        Assert.Equal("main", spec.Optimisation.EarlyStopping!.Metric);
        Assert.Empty(JobSpecRules.Problems(spec));
    }

    /// <summary>An option that came after the first version must write nothing at its default: else ids change, and trainings are repeated.</summary>
    [Fact]
    public void Write_EveryOptionAtItsDefault_WritesWhatTheFirstVersionWrote()
    {
        var first = WaitingJobs().Single(job => (string?)job["model"] == "plain")["optimisation"]!.AsObject();

        var now = JsonSerializer.SerializeToNode(new Optimisation(), DroptuneJson.Compact)!.AsObject();

        Assert.Equal(first.Select(option => option.Key), now.Select(option => option.Key));
    }

    private static IEnumerable<JsonNode> WaitingJobs() =>
        from line in TestData.GzipLines("account-1", "queues.jsonl.gz")
        let stored = JsonNode.Parse(line)!
        where (string?)stored["queue"] == StorageNames.TrainingJobs
        select JsonNode.Parse(Convert.FromBase64String((string)stored["text"]!))!;
}
