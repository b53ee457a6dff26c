using Azure;

namespace Droptune.Core.Storage;

/// <summary>Tells from an exception that storage does not answer, and why.</summary>
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
}
