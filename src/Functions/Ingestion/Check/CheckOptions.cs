using System.ComponentModel.DataAnnotations;

namespace Droptune.Functions.Ingestion.Check;

/// <summary>What checking one dataset may take; beyond it, the check is ended and the dataset rejected.</summary>
public sealed record CheckOptions
{
    public const string Section = "Validation";

    /// <summary>Processor time for a file, and as much again for each MiB of it: the gate reads 60 MB in a second, more of what is compressed.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan ProcessorTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time for all of it. Azure ends a function after an hour (host.json).</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:50:00")]
    public TimeSpan Time { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Memory of the process that checks, in bytes. A quarter of what this one may use by default: three may run at once.</summary>
    [Range(1 << 26, 1L << 50)]
    public long MemoryBytes { get; init; } = Math.Max(1 << 28, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4);
}
