using Droptune.TrainingJob.Tests;
using Droptune.TrainingJob.Torch;
using Xunit.Sdk;
using Xunit.v3;

// libtorch has one random generator for the process: a run is only reproducible while no other draws from it.
[assembly: Parallelization(Mode = ParallelMode.None)]
[assembly: TestPipelineStartup(typeof(Startup))]

namespace Droptune.TrainingJob.Tests;

/// <summary>The first line of the program, before a test's data can load libtorch.</summary>
public sealed class Startup : ITestPipelineStartup
{
    public ValueTask StartAsync(IMessageSink diagnosticMessageSink)
    {
        NativeSetup.Apply();
        return ValueTask.CompletedTask;
    }

    public ValueTask StopAsync() => ValueTask.CompletedTask;
}
