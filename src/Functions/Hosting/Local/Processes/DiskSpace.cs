namespace Droptune.Functions.Hosting.Local.Processes;

/// <summary>Tells a full disk from other I/O errors.</summary>
internal static class DiskSpace
{
    private const int UnixNoSpace = 28; // ENOSPC
    private const int WindowsDiskFull = unchecked((int)0x80070070); // ERROR_DISK_FULL

    public static bool IsExhausted(IOException e) => e.HResult is UnixNoSpace or WindowsDiskFull;
}
