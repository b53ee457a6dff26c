using System.IO.Compression;
using System.Text.Encodings.Web;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Queues;

namespace Droptune.Tests;

/// <summary>
/// A storage account in a folder, as a version of the product wrote it: its blobs, waiting messages and rows, one a line. It knows
/// storage and nothing of the product, so that what it restores is never helped along by the version under test.
/// </summary>
public static class StoredAccount
{
    private const string BlobsFile = "blobs.jsonl.gz";
    private const string MessagesFile = "queues.jsonl.gz";
    private const string RowsFile = "tables.jsonl.gz";

    // Locks and receipts of the Functions host: an account that moves leaves them behind.
    private const string HostPrefix = "azure-webjobs";

    private const int MostMessages = 32; // that a peek returns

    private static readonly string[] RowKeys = ["PartitionKey", "RowKey", "Timestamp", "odata.etag"];
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes an account that nothing changes meanwhile into a folder.</summary>
    /// <exception cref="InvalidOperationException">Some messages are hidden: wait until they show up.</exception>
    public static async Task SaveAsync(string connection, string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        await WriteAsync(Path.Combine(folder, BlobsFile), BlobsAsync(connection, cancellationToken), cancellationToken);
        await WriteAsync(Path.Combine(folder, MessagesFile), MessagesAsync(connection, cancellationToken), cancellationToken);
        await WriteAsync(Path.Combine(folder, RowsFile), RowsAsync(connection, cancellationToken), cancellationToken);
    }

    /// <summary>Puts what a folder holds into an account; times of change and ETags are those of now.</summary>
    public static async Task RestoreAsync(string folder, string connection, CancellationToken cancellationToken)
    {
        var blobs = new BlobServiceClient(connection);
        foreach (var blob in Read<Blob>(Path.Combine(folder, BlobsFile)))
        {
            var container = blobs.GetBlobContainerClient(blob.Container);
            await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
            var options = new BlobUploadOptions
            {
                HttpHeaders = new BlobHttpHeaders { ContentType = blob.ContentType },
                Metadata = blob.Metadata,
                Tags = blob.Tags.Count == 0 ? null : blob.Tags,
            };
            await container.GetBlobClient(blob.Name).UploadAsync(BinaryData.FromBytes(blob.Content), options, cancellationToken);
        }

        var tables = new TableServiceClient(connection);
        foreach (var row in Read<Row>(Path.Combine(folder, RowsFile)))
        {
            await tables.CreateTableIfNotExistsAsync(row.Table, cancellationToken);
            var entity = new TableEntity(row.Partition, row.Key);
            foreach (var (name, value) in row.Properties)
            {
                entity[name] = value.ToObject();
            }

            await tables.GetTableClient(row.Table).AddEntityAsync(entity, cancellationToken);
        }

        var queues = new QueueServiceClient(connection);
        foreach (var message in Read<Message>(Path.Combine(folder, MessagesFile)))
        {
            var queue = queues.GetQueueClient(message.Queue);
            await queue.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
            await queue.SendMessageAsync(message.Text, visibilityTimeout: null, timeToLive: TimeSpan.FromSeconds(-1), cancellationToken);
        }
    }

    private static async IAsyncEnumerable<Blob> BlobsAsync(
        string connection, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var service = new BlobServiceClient(connection);
        await foreach (var container in service.GetBlobContainersAsync(cancellationToken: cancellationToken))
        {
            if (container.Name.StartsWith(HostPrefix, StringComparison.Ordinal))
            {
                continue;
            }

            var client = service.GetBlobContainerClient(container.Name);
            await foreach (var item in client.GetBlobsAsync(new GetBlobsOptions { Traits = BlobTraits.Metadata }, cancellationToken))
            {
                var blob = client.GetBlobClient(item.Name);
                yield return new(
                    container.Name,
                    item.Name,
                    item.Properties.ContentType,
                    item.Properties.LastModified!.Value,
                    new SortedDictionary<string, string>(item.Metadata, StringComparer.Ordinal),
                    new SortedDictionary<string, string>((await blob.GetTagsAsync(cancellationToken: cancellationToken)).Value.Tags, StringComparer.Ordinal),
                    (await blob.DownloadContentAsync(cancellationToken)).Value.Content.ToArray());
            }
        }
    }

    private static async IAsyncEnumerable<Message> MessagesAsync(
        string connection, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var service = new QueueServiceClient(connection); // no encoding: the text as it is on the wire
        await foreach (var item in service.GetQueuesAsync(cancellationToken: cancellationToken))
        {
            if (item.Name.StartsWith(HostPrefix, StringComparison.Ordinal))
            {
                continue;
            }

            var queue = service.GetQueueClient(item.Name);
            var all = (await queue.GetPropertiesAsync(cancellationToken)).Value.ApproximateMessagesCount;
            var visible = (await queue.PeekMessagesAsync(MostMessages, cancellationToken)).Value;
            if (visible.Length != all)
            {
                throw new InvalidOperationException($"Queue '{item.Name}' holds {all} messages, of which only {visible.Length} can be read now.");
            }

            foreach (var message in visible)
            {
                yield return new(item.Name, message.Body.ToString());
            }
        }
    }

    private static async IAsyncEnumerable<Row> RowsAsync(
        string connection, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var service = new TableServiceClient(connection);
        await foreach (var table in service.QueryAsync(cancellationToken: cancellationToken))
        {
            await foreach (var entity in service.GetTableClient(table.Name).QueryAsync<TableEntity>(cancellationToken: cancellationToken))
            {
                var properties = entity.Where(property => property.Value is not null && !RowKeys.Contains(property.Key))
                    .ToDictionary(property => property.Key, property => Value.Of(property.Value));
                yield return new(table.Name, entity.PartitionKey, entity.RowKey, new SortedDictionary<string, Value>(properties, StringComparer.Ordinal));
            }
        }
    }

    private static async Task WriteAsync<T>(string path, IAsyncEnumerable<T> records, CancellationToken cancellationToken)
    {
        await using var file = new StreamWriter(new GZipStream(File.Create(path), CompressionLevel.SmallestSize));
        await foreach (var record in records.WithCancellation(cancellationToken))
        {
            await file.WriteAsync(JsonSerializer.Serialize(record, Json) + "\n");
        }
    }

    private static IEnumerable<T> Read<T>(string path)
    {
        using var file = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        while (file.ReadLine() is { } line)
        {
            yield return JsonSerializer.Deserialize<T>(line, Json)!;
        }
    }

    private sealed record Blob(
        string Container, string Name, string ContentType, DateTimeOffset LastModified, IDictionary<string, string> Metadata,
        IDictionary<string, string> Tags, byte[] Content);

    private sealed record Message(string Queue, string Text);

    private sealed record Row(string Table, string Partition, string Key, IDictionary<string, Value> Properties);

    /// <summary>A property of a row with its type: storage tells 1 from 1.0 and from "1", and so may a reader.</summary>
    private sealed record Value(string Type, string Text)
    {
        public static Value Of(object value) => value switch
        {
            string text => new("string", text),
            int number => new("int32", number.ToString(CultureInfo.InvariantCulture)),
            long number => new("int64", number.ToString(CultureInfo.InvariantCulture)),
            double number => new("double", number.ToString("R", CultureInfo.InvariantCulture)),
            bool flag => new("boolean", flag ? "true" : "false"),
            DateTimeOffset time => new("datetime", time.ToString("O", CultureInfo.InvariantCulture)),
            _ => throw new NotSupportedException($"A column of type {value.GetType()} is not known here."),
        };

        public object ToObject() => Type switch
        {
            "string" => Text,
            "int32" => int.Parse(Text, CultureInfo.InvariantCulture),
            "int64" => long.Parse(Text, CultureInfo.InvariantCulture),
            "double" => double.Parse(Text, CultureInfo.InvariantCulture),
            "boolean" => Text == "true",
            "datetime" => DateTimeOffset.Parse(Text, CultureInfo.InvariantCulture),
            _ => throw new NotSupportedException($"A column of type {Type} is not known here."),
        };
    }
}
