namespace Droptune.Tests;

/// <summary>Settings that leave the timers to New Year: what a test counts must not be joined by what a full hour starts.</summary>
internal static class QuietTimers
{
    public static IReadOnlyDictionary<string, string?> Settings { get; } =
        new[] { "EvaluationSchedule", "FeedbackSchedule", "RetentionSchedule" }.ToDictionary(schedule => schedule, string? (_) => "0 0 0 1 1 *");
}
