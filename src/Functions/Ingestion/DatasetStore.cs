using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Azure;

namespace Droptune.Functions.Ingestion;

/// <summary>Where a dataset stands.</summary>
public enum DatasetState
{
    /// <summary>Something was dropped; the verdict is to come.</summary>
    [JsonStringEnumMemberName("Validating")]
    Validating,

    [JsonStringEnumMemberName("Rejected")]
    Rejected,

    [JsonStringEnumMemberName("Accepted")]
    Accepted,
}

/// <summary>A dataset as of its last validation: what is stored of it, and shown.</summary>
public record DatasetSummary
{
    public required string Dataset { get; init; }

    public required DatasetState State { get; init; }

    /// <summary>The version that was validated last, accepted or not.</summary>
    public string? Version { get; init; }

    /// <summary>The version that was accepted last; its snapshot can be trained on.</summary>
    public string? AcceptedVersion { get; init; }

    public TaskKind? Task { get; init; }

    /// <summary>Examples by split.</summary>
    public SplitCounts? Counts { get; init; }

    /// <summary>Findings of the last validation that are errors.</summary>
    public long? Errors { get; init; }

    /// <summary>Findings of the last validation that are warnings.</summary>
    public long? Warnings { get; init; }

    /// <summary>Where the report of the last validation is in the container <c>reports</c>, without extension.</summary>
    public string? Report { get; init; }

    /// <summary>Why nothing could be validated, such as a name that is not allowed.</summary>
    public string? Problem { get; init; }

    /// <summary>The run that the last accepted version led to; null when it was only validated.</summary>
    public string? RunId { get; init; }

    public DateTimeOffset? ChangedAt { get; init; }

    public DateTimeOffset? ValidatedAt { get; init; }
}

/// <summary>A dataset in the table <c>Datasets</c>.</summary>
public sealed record DatasetRecord : DatasetSummary
{
    /// <summary>The last change that was noticed: only the message of that one starts the validation.</summary>
    public string? ChangeId { get; init; }

    /// <summary>Of the files that were validated last, by name and ETag.</summary>
    public string? Fingerprint { get; init; }
}

/// <summary>The datasets.</summary>
public sealed class DatasetStore(DroptuneStorage storage, TimeProvider clock)
{
    private const string Partition = "dataset";

    private readonly RecordTable<DatasetRecord> _datasets = new(storage.Table(StorageNames.DatasetsTable));

    /// <summary>All datasets by name.</summary>
    public async Task<IReadOnlyList<DatasetRecord>> ListAsync(CancellationToken cancellationToken) =>
        await _datasets.QueryAsync($"PartitionKey eq {Partition}", cancellationToken).ToListAsync(cancellationToken);

    public Task<DatasetRecord?> FindAsync(string dataset, CancellationToken cancellationToken) =>
        _datasets.FindAsync(Partition, Key(dataset), cancellationToken);

    /// <summary>The report of a validation, by its place without extension; null when somebody tidied it away.</summary>
    public async Task<DatasetReport?> ReportAsync(string place, CancellationToken cancellationToken)
    {
        try
        {
            var blob = storage.Container(StorageNames.Reports).GetBlobClient($"{place}.json");
            await using var content = await blob.OpenReadAsync(cancellationToken: cancellationToken);
            return await JsonSerializer.DeserializeAsync<DatasetReport>(content, DroptuneJson.Compact, cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }

    /// <summary>The report of the version that was accepted last; null where none was.</summary>
    public async Task<DatasetReport?> AcceptedReportAsync(string dataset, CancellationToken cancellationToken) =>
        await FindAsync(dataset, cancellationToken) is { AcceptedVersion: { } version }
            ? await ReportAsync(ReportPlace(dataset, version), cancellationToken)
            : null;

    /// <summary>Where the report of a version is in the container <c>reports</c>, without extension.</summary>
    public static string ReportPlace(string dataset, string version) => $"{dataset}/{version}/validation";

    /// <summary>Notes that a file of the dataset changed; returns the change's id.</summary>
    public async Task<string> NoteChangeAsync(string dataset, CancellationToken cancellationToken)
    {
        var changeId = Guid.NewGuid().ToString("n");
        await _datasets.ChangeAsync(
            Partition,
            Key(dataset),
            record => (record ?? new() { Dataset = dataset, State = DatasetState.Validating }) with
            {
                State = DatasetState.Validating,
                ChangeId = changeId,
                ChangedAt = clock.GetUtcNow(),
                Problem = null,
            },
            cancellationToken);
        return changeId;
    }

    /// <summary>
    /// Records the verdict on a change, unless a later change was noticed meanwhile: then its own verdict will follow.
    /// </summary>
    public Task<DatasetRecord?> ConcludeAsync(
        string dataset, string? changeId, Func<DatasetRecord, DatasetRecord> verdict, CancellationToken cancellationToken) =>
        _datasets.ChangeAsync(
            Partition,
            Key(dataset),
            record => record is null || record.ChangeId != changeId ? record : verdict(record) with { ValidatedAt = clock.GetUtcNow() },
            cancellationToken);

    /// <summary>Deletes a dataset's record.</summary>
    public Task DeleteAsync(string dataset, CancellationToken cancellationToken) => _datasets.DeleteAsync(Partition, Key(dataset), when: null, cancellationToken);

    /// <summary>Rejects what was dropped under a name that cannot be a dataset's.</summary>
    public Task RejectAsync(string name, string problem, CancellationToken cancellationToken) =>
        _datasets.ChangeAsync(
            Partition,
            Key(name),
            record => record is { State: DatasetState.Rejected } && record.Problem == problem
                ? record
                : new() { Dataset = name, State = DatasetState.Rejected, Problem = problem, ChangedAt = clock.GetUtcNow() },
            cancellationToken);

    // A name that is refused may hold what a key must not ('/', '\', '#', '?', control characters), and be too long for one.
    private static string Key(string dataset) => ResourceName.IsValid(dataset)
        ? dataset
        : $"!{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(dataset)))}";
}
