using Azure;

namespace Droptune.Core.Storage;

/// <summary>Tells from an exception that storage does not answer, and why; waits until it does.</summary>
public static class StorageFailure
{
    /// <summary>No answer at all (status 0) or one of a server in trouble. The clients give several tries up as one exception.</summary>
    public static bool Is(Exception e) => e switch
    {
        RequestFailedException failure => failure.Status is 0 or >= 500,
        AggregateException several => several.InnerExceptions.All(Is),
        _ => false,
    };

    /// <summary>The first cause in one line, such as "Connection refused (127.0.0.1:10000)".</summary>
    public static string Reason(Exception e)
    {
        while (e.InnerException is { } inner) // the first of an AggregateException
        {
            e = inner;
        }

        return e.Message.Split('\n')[0].Trim();
    }

    /// <summary>Repeats a call, which may have been done although its answer was lost, until storage answers.</summary>
    /// <param name="call">What is called.</param>
    /// <param name="pause">Between two tries, beside those of the client itself.</param>
    /// <param name="failed">Gets the reason of each try that failed.</param>
    /// <param name="clock">Measures the pause.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static async Task OutlastAsync(
        Func<Task> call, TimeSpan pause, Action<string> failed, TimeProvider clock, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await call();
                return;
            }
            catch (Exception e) when (Is(e))
            {
                failed(Reason(e));
                await Task.Delay(pause, clock, cancellationToken);
            }
        }
    }
}
