using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Droptune.TrainingJob.Torch;

/// <summary>
/// Lets libtorch use the memory of one step again in the next. By default glibc gives every large tensor back to the system
/// and the next one costs a page fault for each of its pages: a fifth of a training's processor time.
/// </summary>
internal static partial class MemoryReuse
{
    // malloc.h
    private const int TrimThreshold = -1;
    private const int LargestMapCount = -4;
    private const int LargestArenaCount = -8;

    [ModuleInitializer]
    internal static void KeepFreedMemory()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = SetOption(TrimThreshold, int.MaxValue);
            _ = SetOption(LargestMapCount, 0);
            _ = SetOption(LargestArenaCount, 1); // other arenas are small pieces, given back as soon as they are empty
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);
}
