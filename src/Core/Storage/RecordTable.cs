using System.Net;
using System.Text.Json.Nodes;
using Azure;
using Azure.Data.Tables;

namespace Droptune.Core.Storage;

/// <summary>
/// A table of records: one column a property, named as in JSON; anything but text, numbers, booleans and times is a
/// column of JSON text. Every update is conditional on the ETag of what it was computed from.
/// </summary>
public sealed class RecordTable<T>(TableClient table)
    where T : class
{
    private const int LargestPage = 1000; // rows an answer, as storage has it

    public async Task<T?> FindAsync(string partition, string key, CancellationToken cancellationToken) =>
        await ReadAsync(partition, key, cancellationToken) is { } row ? FromRow(row) : null;

    /// <summary>The records that <paramref name="filter"/> (OData, its values escaped) selects, by partition and key.</summary>
    public IAsyncEnumerable<T> QueryAsync(FormattableString filter, CancellationToken cancellationToken) =>
        table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter(filter), cancellationToken: cancellationToken).Select(FromRow);

    /// <summary>The first <paramref name="limit"/> of the records that all of <paramref name="filters"/> select; no more are read.</summary>
    public IAsyncEnumerable<T> FirstAsync(int limit, CancellationToken cancellationToken, params FormattableString[] filters) =>
        table.QueryAsync<TableEntity>(
                string.Join(" and ", filters.Select(TableClient.CreateQueryFilter)), Math.Min(limit, LargestPage), cancellationToken: cancellationToken)
            .Take(limit).Select(FromRow);

    /// <summary>Deletes a record while <paramref name="when"/> holds of it (null: whatever it says); false when it does not.</summary>
    public async Task<bool> DeleteAsync(string partition, string key, Func<T, bool>? when, CancellationToken cancellationToken)
    {
        while (await ReadAsync(partition, key, cancellationToken) is { } row)
        {
            if (when is not null && !when(FromRow(row)))
            {
                return false;
            }

            try
            {
                await table.DeleteEntityAsync(partition, key, row.ETag, cancellationToken);
                return true;
            }
            catch (RequestFailedException e) when ((HttpStatusCode)e.Status is HttpStatusCode.PreconditionFailed)
            {
            }
        }

        return true;
    }

    /// <summary>
    /// Replaces a record by what <paramref name="change"/> makes of it (of null when there is none), again with the newer
    /// record if another writer came first. Null or the same record changes nothing. Returns the record as it then is.
    /// </summary>
    public async Task<T?> ChangeAsync(string partition, string key, Func<T?, T?> change, CancellationToken cancellationToken)
    {
        while (true)
        {
            var row = await ReadAsync(partition, key, cancellationToken);
            var current = row is null ? null : FromRow(row);
            var changed = change(current);
            if (changed is null || ReferenceEquals(changed, current))
            {
                return current;
            }

            try
            {
                await (row is null
                    ? table.AddEntityAsync(ToRow(partition, key, changed), cancellationToken)
                    : table.UpdateEntityAsync(ToRow(partition, key, changed), row.ETag, TableUpdateMode.Replace, cancellationToken));
                return changed;
            }
            catch (RequestFailedException e) when ((HttpStatusCode)e.Status is HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict
                || (row is not null && e.Status == (int)HttpStatusCode.NotFound)) // deleted meanwhile
            {
            }
        }
    }

    private async Task<TableEntity?> ReadAsync(string partition, string key, CancellationToken cancellationToken)
    {
        var response = await table.GetEntityIfExistsAsync<TableEntity>(partition, key, cancellationToken: cancellationToken);
        return response.HasValue ? response.Value : null;
    }

    private static TableEntity ToRow(string partition, string key, T record)
    {
        var row = new TableEntity(partition, key);
        foreach (var (name, value) in JsonSerializer.SerializeToNode(record, DroptuneJson.Compact)!.AsObject())
        {
            row[name] = value switch
            {
                JsonValue scalar when scalar.GetValueKind() is JsonValueKind.String => scalar.GetValue<string>(),
                JsonValue scalar when scalar.GetValueKind() is JsonValueKind.True or JsonValueKind.False => scalar.GetValue<bool>(),
                JsonValue scalar when scalar.TryGetValue<int>(out var number) => number,
                JsonValue scalar when scalar.TryGetValue<long>(out var number) => number,
                JsonValue scalar => scalar.GetValue<double>(),
                null => null,
                _ => value.ToJsonString(DroptuneJson.Compact),
            };
        }

        return row;
    }

    private static T FromRow(TableEntity row)
    {
        var json = new JsonObject();
        foreach (var property in DroptuneJson.Compact.GetTypeInfo(typeof(T)).Properties)
        {
            if (row.TryGetValue(property.Name, out var value) && value is not null)
            {
                json[property.Name] = value is string text && !IsText(property.PropertyType)
                    ? JsonNode.Parse(text)
                    : JsonSerializer.SerializeToNode(value, DroptuneJson.Compact);
            }
        }

        return json.Deserialize<T>(DroptuneJson.Compact)!;
    }

    private static bool IsText(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type == typeof(string) || type == typeof(DateTimeOffset) || type.IsEnum;
    }
}
