using System.Runtime.InteropServices;

namespace Droptune.TrainingJob.Torch;

/// <summary>What libtorch throws: a line that says what went wrong, then a native stack.</summary>
public static class NativeFailure
{
    private static readonly string[] MemoryTexts = ["out of memory", "can't allocate memory", "not enough memory", "CUBLAS_STATUS_ALLOC_FAILED"];

    public static bool IsOutOfMemory(Exception e) =>
        e is ExternalException && Array.Exists(MemoryTexts, text => e.Message.Contains(text, StringComparison.OrdinalIgnoreCase));

    /// <summary>What a user is told: of a native text its first line, the rest is for the log.</summary>
    public static string Told(Exception e) => e is ExternalException ? e.Message.Split('\n')[0].Trim() : e.Message;
}
