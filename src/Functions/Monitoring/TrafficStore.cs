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
        $"{RowKey.NewestFirst(hour.Hour)}-{hour.Version}",
        sum => sum is null
            ? new() { Model = hour.Model, Version = hour.Version, Hour = hour.Hour, Profile = profile }
            : sum with { Profile = sum.Profile + profile },
        cancellationToken);

    /// <summary>The hours of a model from <paramref name="since"/> on, newest first.</summary>
    public async Task<IReadOnlyList<TrafficRecord>> ListAsync(string model, DateTimeOffset since, CancellationToken cancellationToken) =>
        await _hours.QueryAsync($"PartitionKey eq {model} and RowKey lt {RowKey.NewestFirst(since.AddTicks(-1))}", cancellationToken).ToListAsync(cancellationToken);
}
