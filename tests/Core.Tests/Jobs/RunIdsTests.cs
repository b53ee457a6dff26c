using System.Text.Json;
using Droptune.Core.Jobs;

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
}
