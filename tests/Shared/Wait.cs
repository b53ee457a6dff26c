namespace Droptune.Tests;

/// <summary>Waits for what others do in their own time.</summary>
internal static class Wait
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // Far beyond what is ever needed: only a failing test waits so long.
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    /// <summary>Asks until there is an answer.</summary>
    public static async Task<T> UntilAsync<T>(Func<Task<T?>> ask)
        where T : class
    {
        using var timeout = new CancellationTokenSource(Timeout);
        while (true)
        {
            if (await ask() is { } answer)
            {
                return answer;
            }

            await Task.Delay(Pause, timeout.Token);
        }
    }

    /// <summary>Asks until the answer is yes.</summary>
    public static Task UntilAsync(Func<Task<bool>> ask) => UntilAsync(async () => await ask() ? "yes" : null);
}
