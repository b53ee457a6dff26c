namespace Droptune.Core.Runs;

/// <summary>A run's progress as one line: stage, bar, loss, dev metric, tokens a second, time left.</summary>
public static class RunProgressText
{
    private const int BarWidth = 20; // characters

    public static string Line(RunProgress progress)
    {
        string?[] parts =
        [
            Head(progress),
            progress.Loss is { } loss ? $"loss {loss:F4}" : null,
            progress.DevMetric is { } metric ? $"dev {metric.Name} {metric.Value:F4}" : null,
            progress.TokensPerSecond is { } speed ? $"{speed:N0} tokens/s" : null,
            progress.Eta is { } eta ? $"{Duration(eta)} left" : null,
            progress.Note,
        ];
        return string.Join(" · ", parts.Where(part => part is not null));
    }

    /// <summary>"0:05", "12:30", "1:02:03".</summary>
    public static string Duration(TimeSpan time) => time.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time:mm\\:ss}")
        : time.ToString(@"m\:ss", CultureInfo.InvariantCulture);

    private static string Head(RunProgress progress)
    {
        if (progress.Steps == 0)
        {
            return progress.Stage.ToString().ToLowerInvariant();
        }

        var done = Math.Clamp((double)progress.Step / progress.Steps, 0, 1);
        var filled = (int)(done * BarWidth);
        var bar = new string('█', filled) + new string('░', BarWidth - filled);
        return $"{progress.Stage.ToString().ToLowerInvariant()} epoch {progress.Epoch}/{progress.Epochs} {bar} {done * 100,3:F0} %";
    }
}
