using System.ComponentModel.DataAnnotations;

namespace Droptune.Functions.Hosting;

/// <summary>The settings of the pipeline, at the top level of the configuration.</summary>
public sealed record PipelineOptions
{
    public const string Section = "";

    public const string Hourly = "0 0 * * * *";
    public const string HalfPast = "0 30 * * * *";
    public const string QuarterTo = "0 45 * * * *";

    /// <summary>How long a dataset must be unchanged before it is validated, so that three files dropped one by one are one version.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan QuietPeriod { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>When models are evaluated: a six-field cron expression; the timer's trigger reads the same setting.</summary>
    [Required]
    public string EvaluationSchedule { get; init; } = Hourly;

    /// <summary>When corrections are folded into their datasets: a six-field cron expression; the timer's trigger reads the same setting.</summary>
    [Required]
    public string FeedbackSchedule { get; init; } = HalfPast;

    /// <summary>When the retention policy is applied: a six-field cron expression; the timer's trigger reads the same setting.</summary>
    [Required]
    public string RetentionSchedule { get; init; } = QuarterTo;

    /// <summary>Corrections that must wait for a dataset before the timer folds them: each fold is a training.</summary>
    [Range(1, 1_000_000)]
    public int FeedbackMinimum { get; init; } = 20;

    /// <summary>How late the event of a changed file may come: what changed longer ago without one, the watchdog notes itself.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan EventDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a run may go unreported before its worker counts as lost. Workers report every few seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:30", "1.00:00:00")]
    public TimeSpan RunSilence { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How often a run is begun before it is failed.</summary>
    [Range(1, 100)]
    public int RunAttempts { get; init; } = 5;
}
