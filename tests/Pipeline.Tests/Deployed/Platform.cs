using Azure.Storage.Blobs.Models;
using Azure.Storage.Queues.Models;
using Droptune.Core.Storage;
using Droptune.Pipeline.Tests.Deployed.Rpc;
using Google.Protobuf;

namespace Droptune.Pipeline.Tests.Deployed;

/// <summary>
/// What Azure does around a worker: Event Grid tells of every blob that is written, queues bring messages until a function has dealt
/// with them, or five times. Timers go off when a test says so.
/// </summary>
public sealed class Platform : IAsyncDisposable
{
    private const int MaxDequeueCount = 5;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly WorkerHost _worker;
    private readonly DroptuneStorage _storage;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    /// <param name="worker">Whose functions are called.</param>
    /// <param name="storage">The account that is looked at.</param>
    /// <param name="hasEvents">False: all events get lost.</param>
    /// <param name="lease">How long a message stays hidden when its function never ends.</param>
    public Platform(WorkerHost worker, DroptuneStorage storage, bool hasEvents = true, TimeSpan? lease = null)
    {
        (_worker, _storage) = (worker, storage);
        var triggers = worker.Functions.Values.Where(function => function.Type == "queueTrigger")
            .Select(function => RepeatAsync(() => BringMessagesAsync(function, lease ?? TimeSpan.FromMinutes(10))));
        var told = new Dictionary<string, string>();
        _running = Task.WhenAll(hasEvents ? triggers.Append(RepeatAsync(() => TellOfBlobsAsync(told))) : triggers);
    }

    /// <summary>Calls a timer's function.</summary>
    public static async Task TickAsync(WorkerHost worker, string timer) =>
        Assert.Equal(StatusResult.Types.Status.Success, (await worker.InvokeAsync(timer, new() { Json = """{"IsPastDue":false}""" })).Status);

    /// <summary>Calls the function of a blob's event.</summary>
    public static Task<StatusResult> TellAsync(WorkerHost worker, string blob)
    {
        var content = JsonSerializer.Serialize(new { StorageNames.Connection, ContainerName = StorageNames.Datasets, BlobName = blob });
        var data = new ModelBindingData { Version = "1.0", Source = "AzureStorageBlobs", ContentType = "application/json", Content = ByteString.CopyFromUtf8(content) };
        return worker.InvokeAsync("IngestDataset", new() { ModelBindingData = data }, [new("name", blob)]);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    /// <summary>Until it is stopped, or the worker is gone.</summary>
    private async Task RepeatAsync(Func<Task> act)
    {
        try
        {
            while (true)
            {
                await act();
                await Task.Delay(Pause, _stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
        }
    }

    private async Task TellOfBlobsAsync(Dictionary<string, string> told)
    {
        await foreach (BlobItem blob in _storage.Container(StorageNames.Datasets).GetBlobsAsync(cancellationToken: _stop.Token))
        {
            if (told.GetValueOrDefault(blob.Name) != $"{blob.Properties.ETag}"
                && (await TellAsync(_worker, blob.Name).WaitAsync(_stop.Token)).Status == StatusResult.Types.Status.Success)
            {
                told[blob.Name] = $"{blob.Properties.ETag}";
            }
        }
    }

    private async Task BringMessagesAsync(WorkerFunction function, TimeSpan lease)
    {
        var name = function.Trigger.Text("queueName")!;
        QueueMessage? message = await _storage.Queue(name).ReceiveMessageAsync(lease, _stop.Token);
        if (message is null)
        {
            return;
        }

        var result = await _worker.InvokeAsync(function.Name, new() { String = message.Body.ToString() }).WaitAsync(_stop.Token);
        if (result.Status == StatusResult.Types.Status.Success)
        {
            await _storage.Queue(name).DeleteMessageAsync(message.MessageId, message.PopReceipt, _stop.Token);
        }
        else if (message.DequeueCount < MaxDequeueCount)
        {
            await _storage.Queue(name).UpdateMessageAsync(message.MessageId, message.PopReceipt, message.Body, TimeSpan.Zero, _stop.Token);
        }
        else
        {
            await _storage.Queue(name + StorageNames.PoisonSuffix).CreateIfNotExistsAsync(cancellationToken: _stop.Token);
            await _storage.Queue(name + StorageNames.PoisonSuffix).SendMessageAsync(message.Body, cancellationToken: _stop.Token);
            await _storage.Queue(name).DeleteMessageAsync(message.MessageId, message.PopReceipt, _stop.Token);
        }
    }
}
