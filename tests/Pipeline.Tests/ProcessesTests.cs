using Droptune.Functions.Hosting;
using Droptune.TrainingJob.Training;
using NetArchTest.Rules;

namespace Droptune.Pipeline.Tests;

public class ProcessesTests
{
    /// <summary>They meet in storage alone: each can be deployed, scaled and replaced without the other.</summary>
    [Fact]
    public void FunctionsAndTrainingJob_TheirTypes_NeverMeet()
    {
        var functions = Types.InAssembly(typeof(Services).Assembly).ShouldNot().HaveDependencyOn("Droptune.TrainingJob").GetResult();
        var job = Types.InAssembly(typeof(FineTuning).Assembly).ShouldNot().HaveDependencyOn("Droptune.Functions").GetResult();

        Assert.Equal([], [.. functions.FailingTypeNames ?? [], .. job.FailingTypeNames ?? []]);
    }
}
