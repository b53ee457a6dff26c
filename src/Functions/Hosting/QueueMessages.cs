namespace Droptune.Functions.Hosting;

/// <summary>Reads queue messages; one that can never be read goes to the poison queue at once, with the reason.</summary>
public sealed class QueueMessages(DroptuneStorage storage, ILogger<QueueMessages> logger)
{
    /// <summary>Null when the message is none, or names what has no valid name; it is dealt with then.</summary>
    /// <param name="queue">The queue that it came from.</param>
    /// <param name="message">Its text.</param>
    /// <param name="name">The name in it that becomes part of keys and paths.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<T?> ReadAsync<T>(string queue, string message, Func<T, string> name, CancellationToken cancellationToken)
        where T : class
    {
        string reason;
        try
        {
            var read = JsonSerializer.Deserialize<T>(message, DroptuneJson.Compact);
            if (read is not null && ResourceName.IsValid(name(read)))
            {
                return read;
            }

            reason = read is null ? "it is null" : ResourceName.Problem(name(read))!;
        }
        catch (JsonException e)
        {
            reason = JsonReason.Of(e);
        }

        reason = $"The message is no {typeof(T).Name}: {reason}";
        logger.LogError("A message goes to {Queue}: {Reason}", queue + StorageNames.PoisonSuffix, reason);
        await storage.SendAsync(queue + StorageNames.PoisonSuffix, new PoisonMessage(reason, message), cancellationToken: cancellationToken);
        return null;
    }
}
