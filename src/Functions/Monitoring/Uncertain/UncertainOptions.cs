using System.ComponentModel.DataAnnotations;

namespace Droptune.Functions.Monitoring.Uncertain;

/// <summary>Whether texts are kept.</summary>
public sealed record UncertainOptions
{
    public const string Section = "Uncertain";

    /// <summary>Texts kept of each model; 0, the default, keeps none: texts may be personal data.</summary>
    [Range(0, 5000)]
    public int Most { get; init; }

    /// <summary>Days after which a kept text is deleted.</summary>
    [Range(1, 365)]
    public int Days { get; init; } = 30;
}
