using System.ComponentModel.DataAnnotations;

namespace Droptune.TrainingJob.Work;

/// <summary>The times that the queue worker keeps; tests shorten them.</summary>
public sealed record WorkerOptions : IValidatableObject
{
    public const string Section = "Worker";

    /// <summary>How long a message stays hidden after the last sign of life: a killed worker's job is taken up again after it.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Visibility { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often the message is hidden anew: three chances before it shows up.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan RenewEvery { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How often the run's record gets progress, and a cancellation is noticed.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan ReportEvery { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// A worker that has not reported for so long holds its run no more. Longer than several reports, shorter than what is
    /// left of <see cref="Visibility"/> after a missed renewal.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "1.00:00:00")]
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often an empty queue is asked.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "01:00:00")]
    public TimeSpan PollEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a failed attempt waits for the next one.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Failed attempts until the message goes to the poison queue.</summary>
    [Range(1, 100)]
    public int MaxAttempts { get; init; } = 5;

    /// <summary>Where runs keep their files while they work.</summary>
    [Required]
    public string Folder { get; init; } = Path.Combine(Path.GetTempPath(), "droptune");

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (RenewEvery > Visibility / 2)
        {
            yield return new($"at most half of {nameof(Visibility)} ({Visibility}): one renewal may fail", [nameof(RenewEvery), nameof(Visibility)]);
        }
        else if (Silence >= Visibility - RenewEvery)
        {
            yield return new(
                $"below {Visibility - RenewEvery}, what a missed renewal ({nameof(RenewEvery)}) leaves of {nameof(Visibility)}",
                [nameof(Silence), nameof(Visibility), nameof(RenewEvery)]);
        }

        if (ReportEvery > Silence / 3)
        {
            yield return new($"at most a third of {nameof(Silence)} ({Silence}): two reports may fail", [nameof(ReportEvery), nameof(Silence)]);
        }

        if (ReportEvery > RenewEvery)
        {
            yield return new($"at most {nameof(RenewEvery)} ({RenewEvery}): a message is renewed along with a report", [nameof(ReportEvery), nameof(RenewEvery)]);
        }
    }
}
