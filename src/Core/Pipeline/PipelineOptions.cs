using System.ComponentModel.DataAnnotations;

namespace Droptune.Core.Pipeline;

/// <summary>The settings of the pipeline, at the top level of the configuration.</summary>
public sealed record PipelineOptions
{
    public const string Hourly = "0 0 * * * *";

    /// <summary>How long a dataset must be unchanged before it is validated, so that three files dropped one by one are one version.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan QuietPeriod { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>When models are evaluated: a six-field cron expression; the timer's trigger reads the same setting.</summary>
    [Required]
    public string EvaluationSchedule { get; init; } = Hourly;

    /// <summary>By how much a candidate must beat the served version on dev, in points of the main score (0 to 1), to replace it.</summary>
    [Range(0.0, 1.0)]
    public double PromotionMargin { get; init; } = 0.002;

    /// <summary>A fall of the main score on test from one evaluation to the next that raises an alert.</summary>
    [Range(0.0, 1.0)]
    public double AlertDrop { get; init; } = 0.02;

    /// <summary>How long a run may go unreported before its worker counts as lost. Workers report every few seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:30", "1.00:00:00")]
    public TimeSpan RunSilence { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How often a run is begun before it is failed.</summary>
    [Range(1, 100)]
    public int RunAttempts { get; init; } = 5;
}
