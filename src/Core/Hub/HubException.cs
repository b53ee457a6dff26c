namespace Droptune.Core.Hub;

/// <summary>The hub does not give what was asked for; the message says what to do.</summary>
public sealed class HubException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>Whether another try may succeed.</summary>
    public bool IsTransient { get; init; }

    /// <summary>How long the hub asks to wait before it.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
