using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Droptune.TrainingJob.Torch;

/// <summary>
/// Lets libtorch's threads wait for each other spinning for some microseconds, and then asleep. By default they spin on, and
/// where other processes want the cores too (functions, Azurite, tests), each waits for one that is not running: a step then
/// takes up to sixty times as long. Asleep at once, they take longer to wake than a small model's operators run.
/// </summary>
internal static partial class OpenMpThreads
{
    // Small batches are a third faster with it than without on cores of their own; where three trainings share two cores,
    // 1,000 costs a few percent at most, 3,000 a third (bench/results/training.md).
    private const int Spins = 1_000;

    [ModuleInitializer]
    internal static void SpinBriefly()
    {
        // What the user set stays; the policy would be overruled by a count.
        if (OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null)
        {
            // The process's own environment, which .NET does not write to.
            SetEnvironment("GOMP_SPINCOUNT", $"{Spins}", overwrite: 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
