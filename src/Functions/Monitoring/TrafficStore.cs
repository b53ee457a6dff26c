using Droptune.Core.Traffic;

namespace Droptune.Functions.Monitoring;

/// <summary>The predictions of an hour in the table <c>Traffic</c>: the sum over all instances that predicted.</summary>
public sealed record TrafficRecord
{
    public required string Model { get; init; }

    public required string Version { get; init; }

    public required DateTimeOffset Hour { get; init; }

    public required TrafficProfile Profile { get; init; }
}

/// <summary>The traffic of all models, hour by hour.</summary>
public sealed class TrafficStore(DroptuneStorage storage)
{
    private readonly RecordTable<TrafficRecord> _hours = new(storage.Table(StorageNames.TrafficTable));

    /// <summary>Adds predictions to those of their hour.</summary>
    public Task AddAsync(TrafficHour hour, TrafficProfile profile, CancellationToken cancellationToken) => _hours.ChangeAsync(
        hour.Model,
        Key(hour.Hour, hour.Version),
        sum => sum is null
            ? new() { Model = hour.Model, Version = hour.Version, Hour = hour.Hour, Profile = profile }
            : sum with { Profile = sum.Profile + profile },
        cancellationToken);

    /// <summary>How many hours of a model are older than <paramref name="time"/>.</summary>
    public async Task<int> CountBeforeAsync(string model, DateTimeOffset time, CancellationToken cancellationToken) =>
        await BeforeAsync(model, time, cancellationToken).CountAsync(cancellationToken);

    /// <summary>Deletes the hours of a model that are older than <paramref name="time"/>.</summary>
    public async Task DeleteBeforeAsync(string model, DateTimeOffset time, CancellationToken cancellationToken)
    {
        foreach (var hour in await BeforeAsync(model, time, cancellationToken).ToListAsync(cancellationToken))
        {
            await _hours.DeleteAsync(model, Key(hour.Hour, hour.Version), when: null, cancellationToken);
        }
    }

    /// <summary>The hours of a model from <paramref name="since"/> on, newest first.</summary>
    public async Task<IReadOnlyList<TrafficRecord>> ListAsync(string model, DateTimeOffset since, CancellationToken cancellationToken) =>
        await _hours.QueryAsync($"PartitionKey eq {model} and RowKey lt {RowKey.NewestFirst(since.AddTicks(-1))}", cancellationToken).ToListAsync(cancellationToken);

    private IAsyncEnumerable<TrafficRecord> BeforeAsync(string model, DateTimeOffset time, CancellationToken cancellationToken) =>
        _hours.QueryAsync($"PartitionKey eq {model} and RowKey gt {RowKey.NewestFirst(time.AddTicks(-1))}", cancellationToken);

    private static string Key(DateTimeOffset hour, string version) => $"{RowKey.NewestFirst(hour)}-{version}";
}
