using Azure.Data.Tables;

namespace Droptune.Core.Storage;

/// <summary>Does once for a table what an earlier version did not do yet; a row of the table says that it is done.</summary>
/// <param name="table">The table.</param>
/// <param name="name">Of what is done: the key of that row.</param>
public sealed class TableUpgrade(TableClient table, string name)
{
    private const string Partition = "-upgrade"; // no name begins so

    private bool _isDone;

    /// <summary>Does it, if nobody did; it may be done twice at once.</summary>
    public async Task EnsureAsync(Func<Task> upgrade, CancellationToken cancellationToken)
    {
        if (_isDone)
        {
            return;
        }

        if (!(await table.GetEntityIfExistsAsync<TableEntity>(Partition, name, cancellationToken: cancellationToken)).HasValue)
        {
            await upgrade();
            await table.UpsertEntityAsync(new TableEntity(Partition, name), TableUpdateMode.Replace, cancellationToken);
        }

        _isDone = true;
    }
}
