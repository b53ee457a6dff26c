using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Droptune.Core.Storage;

namespace Droptune.Functions.Tests.Retention;

/// <summary>A way to storage on which something else happens just before one request.</summary>
internal sealed class Interruption : HttpPipelinePolicy
{
    private Func<Request, bool> _isIt = _ => false;
    private Func<Task> _happens = () => Task.CompletedTask;

    public DroptuneStorage Storage(string connection)
    {
        var (blobs, tables) = (new BlobClientOptions(), new TableClientOptions());
        blobs.AddPolicy(this, HttpPipelinePosition.PerCall);
        tables.AddPolicy(this, HttpPipelinePosition.PerCall);
        return new(new BlobServiceClient(connection, blobs), new QueueServiceClient(connection), new QueueServiceClient(connection), new TableServiceClient(connection, tables), isDeployed: false);
    }

    /// <summary>Once.</summary>
    public void Before(Func<Request, bool> isIt, Func<Task> happens) => (_isIt, _happens) = (isIt, happens);

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => ProcessNext(message, pipeline); // only what is called asynchronously is interrupted

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        if (_isIt(message.Request))
        {
            _isIt = _ => false;
            await _happens();
        }

        await ProcessNextAsync(message, pipeline);
    }
}
