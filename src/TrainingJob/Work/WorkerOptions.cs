namespace Droptune.TrainingJob.Work;

/// <summary>The times that the queue worker keeps; tests shorten them.</summary>
public sealed record WorkerOptions
{
    /// <summary>How long a message stays hidden after the last sign of life: a killed worker's job is taken up again after it.</summary>
    public TimeSpan Visibility { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often the message is hidden anew: three chances before it shows up.</summary>
    public TimeSpan RenewEvery { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How often the run's record gets progress, and a cancellation is noticed.</summary>
    public TimeSpan ReportEvery { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// A worker that has not reported for so long holds its run no more. Longer than several reports, shorter than what is
    /// left of <see cref="Visibility"/> after a missed renewal.
    /// </summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often an empty queue is asked.</summary>
    public TimeSpan PollEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a failed attempt waits for the next one.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Failed attempts until the message goes to the poison queue.</summary>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>Where runs keep their files while they work.</summary>
    public string Folder { get; init; } = Path.Combine(Path.GetTempPath(), "droptune");
}
