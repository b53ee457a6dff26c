using System.Diagnostics;

namespace Droptune.TrainingJob.Torch;

/// <summary>The memory beside a GPU's.</summary>
public static class HostMemory
{
    /// <summary>
    /// The most that this process had in use, as a part of what the runtime calls a high load, nine tenths or more of the machine's or
    /// the container's; null while unknown.
    /// </summary>
    public static double? Used()
    {
        using var process = Process.GetCurrentProcess();
        return GC.GetGCMemoryInfo().HighMemoryLoadThresholdBytes is > 0 and var most ? Math.Round((double)process.PeakWorkingSet64 / most, 3) : null;
    }
}
