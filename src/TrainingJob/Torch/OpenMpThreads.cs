using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Droptune.TrainingJob.Torch;

/// <summary>
/// Lets libtorch's threads sleep while they wait for each other. By default they spin, and where other processes want the
/// cores too (functions, Azurite, tests), each waits for one that is not running: a step then takes up to sixty times as long.
/// </summary>
internal static partial class OpenMpThreads
{
    [ModuleInitializer]
    internal static void SleepWhileWaiting()
    {
        if (OperatingSystem.IsLinux())
        {
            // The process's own environment, which .NET does not write to; a value that the user set stays.
            SetEnvironment("OMP_WAIT_POLICY", "passive", overwrite: 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
