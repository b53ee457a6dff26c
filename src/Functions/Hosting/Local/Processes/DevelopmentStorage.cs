using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;

namespace Droptune.Functions.Hosting.Local.Processes;

/// <summary>The storage behind <c>UseDevelopmentStorage=true</c>: an Azurite that already runs is used, else one is started.</summary>
internal static class DevelopmentStorage
{
    public const string ConnectionString = "UseDevelopmentStorage=true";

    private static readonly (int Blob, int Queue, int Table) Ports = (10000, 10001, 10002); // what the connection string stands for

    /// <summary>Makes the storage answer; null when it already did, or when <paramref name="connection"/> names another account.</summary>
    public static async Task<AzuriteProcess?> EnsureAsync(string connection, Action<string> report, CancellationToken cancellationToken)
    {
        if (connection.Trim().TrimEnd(';') != ConnectionString)
        {
            return null;
        }

        if (await AnswersAsync(cancellationToken))
        {
            report("Using the Azurite that already runs on ports 10000 to 10002");
            return null;
        }

        return await AzuriteProcess.StartAsync(Ports, Path.Combine(RepositoryFolder.Data, "azurite"), accounts: null, report, cancellationToken);
    }

    /// <summary>Whether all three services answer; throws when what listens there refuses our requests.</summary>
    private static async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            await new BlobServiceClient(ConnectionString, Once(new BlobClientOptions())).GetPropertiesAsync(cancellationToken);
            await new QueueServiceClient(ConnectionString, Once(new QueueClientOptions())).GetPropertiesAsync(cancellationToken);
            await new TableServiceClient(ConnectionString, Once(new TableClientOptions())).GetPropertiesAsync(cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (e.Status == 0)
        {
            return false; // nothing listens
        }
        catch (RequestFailedException e) when (e.ErrorCode == "InvalidHeaderValue")
        {
            throw new LocalSetupException("The Azurite on ports 10000 to 10002 is too old for this program's storage client: stop it, then a newer one is started.", e);
        }
        catch (Exception e) when (e is RequestFailedException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new LocalSetupException("Something that is no Azurite listens on ports 10000 to 10002: stop it, or set 'Storage' to the connection string of the storage account to use.", e);
        }
    }

    private static T Once<T>(T options) where T : ClientOptions
    {
        options.RetryPolicy = new RetryPolicy(maxRetries: 0);
        options.Retry.NetworkTimeout = TimeSpan.FromSeconds(5);
        return options;
    }
}
