using System.ComponentModel.DataAnnotations;
using Droptune.Core.Inference.Onnx;

namespace Droptune.Functions.Serving;

/// <summary>Which models stay in memory, and where their files lie.</summary>
public sealed record ModelCacheOptions
{
    public const string Section = "Serving";

    /// <summary>Where model files are kept locally.</summary>
    [Required]
    public string Folder { get; init; } = Path.Combine(Path.GetTempPath(), "droptune", "models");

    /// <summary>Room on the disk for these files; beyond it those of the least recently loaded versions are deleted.</summary>
    [Range(1 << 20, 1L << 50)]
    public long DiskBytes { get; init; } = Math.Min(10L << 30, new DriveInfo(Path.GetTempPath()).TotalSize / 2);

    /// <summary>Memory for models; beyond it the least recently used are freed. Half of what the process may use by default.</summary>
    [Range(1 << 20, 1L << 50)]
    public long MemoryBytes { get; init; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;

    /// <summary>How old the knowledge of the production version may be while requests come in.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan Freshness { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Settings of each model.</summary>
    public ServingOptions Serving { get; init; } = new();
}
