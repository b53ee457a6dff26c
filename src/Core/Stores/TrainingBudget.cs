using System.ComponentModel.DataAnnotations;
using Droptune.Core.Storage;
using Microsoft.Extensions.Options;

namespace Droptune.Core.Stores;

/// <summary>What trainings may cost, at the top level of the settings; functions and worker read the same.</summary>
public sealed record TrainingLimits
{
    public const string Section = "";

    /// <summary>Minutes that all trainings together may take a day (UTC), searches and those that a fold led to among them; 0 = no bound.</summary>
    [Range(0, 1_000_000)]
    public int TrainingMinutesPerDay { get; init; }
}

/// <summary>The training time of each day, written down by the workers as it passes; and whether a day's is spent.</summary>
public sealed class TrainingBudget(DroptuneStorage storage, IOptions<TrainingLimits> limits, TimeProvider clock)
{
    private const string Partition = "spent";

    private readonly RecordTable<SpentTime> _spent = new(storage.Table(StorageNames.RunsTable));

    /// <summary>Adds time that a run has taken to that of the day.</summary>
    public Task AddAsync(string runId, TimeSpan time, CancellationToken cancellationToken)
    {
        var day = Day(clock.GetUtcNow());
        return _spent.ChangeAsync(
            Partition, $"{day}-{runId}", spent => new(day, runId, (spent?.Seconds ?? 0) + time.TotalSeconds), cancellationToken);
    }

    /// <summary>Why no training may begin or go on today; null when one may.</summary>
    public async Task<string?> ExhaustionAsync(CancellationToken cancellationToken)
    {
        var minutes = limits.Value.TrainingMinutesPerDay;
        if (minutes == 0)
        {
            return null;
        }

        var day = Day(clock.GetUtcNow());
        var seconds = await _spent.QueryAsync($"PartitionKey eq {Partition} and RowKey ge {day}", cancellationToken).Select(spent => spent.Seconds).SumAsync(cancellationToken);
        return seconds < minutes * 60.0
            ? null
            : $"The {minutes} training minutes of {day} (UTC) are spent: it goes on by itself the next day, or when the setting {nameof(TrainingLimits.TrainingMinutesPerDay)} is raised.";
    }

    /// <summary>How many rows are of days before <paramref name="time"/>'s.</summary>
    public async Task<int> CountBeforeAsync(DateTimeOffset time, CancellationToken cancellationToken) => await BeforeAsync(time, cancellationToken).CountAsync(cancellationToken);

    public async Task DeleteBeforeAsync(DateTimeOffset time, CancellationToken cancellationToken)
    {
        foreach (var spent in await BeforeAsync(time, cancellationToken).ToListAsync(cancellationToken))
        {
            await _spent.DeleteAsync(Partition, $"{spent.Day}-{spent.RunId}", when: null, cancellationToken);
        }
    }

    private IAsyncEnumerable<SpentTime> BeforeAsync(DateTimeOffset time, CancellationToken cancellationToken) =>
        _spent.QueryAsync($"PartitionKey eq {Partition} and RowKey lt {Day(time)}", cancellationToken);

    private static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>What a run took of a day.</summary>
    private sealed record SpentTime(string Day, string RunId, double Seconds);
}
