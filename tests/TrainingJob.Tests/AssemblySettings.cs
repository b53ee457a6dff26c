using System.Runtime.CompilerServices;
using Droptune.TrainingJob.Training;
using Xunit.Sdk;
using Xunit.v3;

// libtorch has one random generator for the process: a run is only reproducible while no other draws from it.
[assembly: Parallelization(Mode = ParallelMode.None)]

namespace Droptune.TrainingJob.Tests;

internal static class Start
{
    // What the training job sets before it loads libtorch: a test may use libtorch first.
    [ModuleInitializer]
    internal static void AsTheTrainingJob() => RuntimeHelpers.RunModuleConstructor(typeof(FineTuning).Module.ModuleHandle);
}
