using System.Runtime.InteropServices;

namespace Droptune.TrainingJob.Torch;

/// <summary>What must be set in the process before libtorch is loaded into it: the first line of a program that uses it.</summary>
public static partial class NativeSetup
{
    // malloc.h
    private const int TrimThreshold = -1;
    private const int LargestMapCount = -4;
    private const int LargestArenaCount = -8;

    // Small batches are a third faster with it than without on cores of their own; where three trainings share two cores,
    // 1,000 costs a few percent at most, 3,000 a third (bench/results/training.md).
    private const int Spins = 1_000;

    public static void Apply()
    {
        if (OperatingSystem.IsLinux())
        {
            LibTorchSharpPatch.ApplyIfNeeded(); // else TorchSharp does not load where libstdc++ is older than GCC 13's
            KeepFreedMemory();
            SpinBriefly();
            KeepAttentionGeneral();
        }
    }

    // libtorch uses the memory of one step again in the next. By default glibc gives every large tensor back to the system and
    // the next one costs a page fault for each of its pages: a fifth of a training's processor time.
    private static void KeepFreedMemory()
    {
        _ = SetMemoryOption(TrimThreshold, int.MaxValue);
        _ = SetMemoryOption(LargestMapCount, 0);
        _ = SetMemoryOption(LargestArenaCount, 1); // other arenas are small pieces, given back as soon as they are empty
    }

    // libtorch's threads wait for each other spinning for some microseconds, and then asleep. By default they spin on, and where
    // other processes want the cores too (functions, Azurite, tests), each waits for one that is not running: a step then takes
    // up to sixty times as long. Asleep at once, they take longer to wake than a small model's operators run.
    private static void SpinBriefly()
    {
        // What the user set stays; the policy would be overruled by a count.
        if (Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null)
        {
            // The process's own environment, which .NET does not write to.
            _ = SetEnvironment("GOMP_SPINCOUNT", $"{Spins}", overwrite: 0);
        }
    }

    // On Hopper libtorch prefers cuDNN's attention, which is built anew for each shape, some 25 ms each way; the batches of a
    // training have many, and a small model then trains ten times as long.
    private static void KeepAttentionGeneral() => _ = SetEnvironment("TORCH_CUDNN_SDPA_DEPRIORITIZED", "1", overwrite: 0);

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetMemoryOption(int option, int value);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
