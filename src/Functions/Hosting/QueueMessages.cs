using System.Text.Json;
using Droptune.Core;
using Droptune.Core.Jobs;
using Droptune.Core.Storage;

namespace Droptune.Functions.Hosting;

/// <summary>Reads queue messages; one that can never be read goes to the poison queue at once, with the reason.</summary>
public sealed class QueueMessages(DroptuneStorage storage, ILogger<QueueMessages> logger)
{
    /// <summary>Null when the message is none; it is dealt with then.</summary>
    public async Task<T?> ReadAsync<T>(string queue, string message, CancellationToken cancellationToken)
        where T : class
    {
        string reason;
        try
        {
            if (JsonSerializer.Deserialize<T>(message, Strict) is { } read)
            {
                return read;
            }

            reason = "it is null";
        }
        catch (JsonException e)
        {
            reason = e.Message;
        }

        reason = $"The message is no {typeof(T).Name}: {reason}";
        logger.LogError("A message goes to {Queue}: {Reason}", queue + StorageNames.PoisonSuffix, reason);
        await storage.SendAsync(queue + StorageNames.PoisonSuffix, new PoisonMessage(reason, message), cancellationToken: cancellationToken);
        return null;
    }

    private static readonly JsonSerializerOptions Strict = new(DroptuneJson.Compact)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };
}
