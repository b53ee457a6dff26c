using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Microsoft.Extensions.Configuration;

namespace Droptune.Core.Storage;

/// <summary>The storage account: its containers, queues (Base64 JSON messages) and tables, by <see cref="StorageNames"/>.</summary>
public sealed class DroptuneStorage(
    BlobServiceClient blobs, QueueServiceClient queues, QueueServiceClient rawQueues, TableServiceClient tables, bool isDeployed)
{
    /// <summary>
    /// From the setting <c>Storage</c> (a connection string, <c>UseDevelopmentStorage=true</c> for Azurite), or from
    /// <c>Storage:blobServiceUri</c>, <c>:queueServiceUri</c> and <c>:tableServiceUri</c> with the process's identity.
    /// </summary>
    public static DroptuneStorage From(IConfiguration configuration)
    {
        if (configuration[StorageNames.Connection] is { Length: > 0 } connectionString)
        {
            return new(
                new BlobServiceClient(connectionString),
                new QueueServiceClient(connectionString, QueueOptions()),
                new QueueServiceClient(connectionString),
                new TableServiceClient(connectionString),
                isDeployed: false);
        }

        var credential = Credential(configuration);
        return new(
            new BlobServiceClient(Address("blob"), credential),
            new QueueServiceClient(Address("queue"), credential, QueueOptions()),
            new QueueServiceClient(Address("queue"), credential),
            new TableServiceClient(Address("table"), credential),
            isDeployed: true);

        Uri Address(string service) =>
            Uri.TryCreate(configuration[$"{StorageNames.Connection}:{service}ServiceUri"], UriKind.Absolute, out var address)
                ? address
                : throw new InvalidOperationException(
                    $"No storage account is configured: set {StorageNames.Connection} to a connection string (UseDevelopmentStorage=true " +
                    $"for Azurite), or {StorageNames.Connection}__blobServiceUri, __queueServiceUri and __tableServiceUri for an identity. " +
                    $"Missing or no address: {StorageNames.Connection}__{service}ServiceUri.");
    }

    /// <summary>Whether this is an account of a deployment, which signs in with an identity.</summary>
    public bool IsDeployed => isDeployed;

    public BlobContainerClient Container(string name) => blobs.GetBlobContainerClient(name);

    public QueueClient Queue(string name) => queues.GetQueueClient(name);

    /// <summary>The queue with messages as they are stored: for a reader that must also get what is no Base64.</summary>
    public QueueClient RawQueue(string name) => rawQueues.GetQueueClient(name);

    public TableClient Table(string name) => tables.GetTableClient(name);

    /// <summary>
    /// Creates what is missing of the containers, queues (with their poison queues) and tables. With an identity nothing is:
    /// the deployment made everything, and the identity need not be allowed to.
    /// </summary>
    public Task EnsureCreatedAsync(CancellationToken cancellationToken = default) => isDeployed ? Task.CompletedTask : Task.WhenAll(
    [
        .. StorageNames.Containers.Select(name => (Task)Container(name).CreateIfNotExistsAsync(cancellationToken: cancellationToken)),
        .. StorageNames.Queues.SelectMany(name => new[] { name, name + StorageNames.PoisonSuffix })
            .Select(name => (Task)Queue(name).CreateIfNotExistsAsync(cancellationToken: cancellationToken)),
        .. StorageNames.Tables.Select(name => (Task)Table(name).CreateIfNotExistsAsync(cancellationToken)),
    ]);

    /// <summary>Sends a message that is seen after <paramref name="delay"/> and never expires by itself.</summary>
    public async Task SendAsync<T>(string queue, T message, TimeSpan delay = default, CancellationToken cancellationToken = default) =>
        await Queue(queue).SendMessageAsync(
            JsonSerializer.Serialize(message, DroptuneJson.Compact), delay, TimeSpan.FromSeconds(-1), cancellationToken);

    private static QueueClientOptions QueueOptions() => new() { MessageEncoding = QueueMessageEncoding.Base64 };

    // Storage__credential and Storage__clientId are how the Functions host names a user-assigned identity.
    private static TokenCredential Credential(IConfiguration configuration) =>
        configuration[$"{StorageNames.Connection}:clientId"] is { Length: > 0 } clientId
            ? new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(clientId))
            : new DefaultAzureCredential();
}
