namespace Droptune.Core.Storage;

/// <summary>Keys of rows. A table returns its rows in their order.</summary>
public static class RowKey
{
    /// <summary>A key in which time runs backwards, so that the newest row stands first.</summary>
    public static string NewestFirst(DateTimeOffset time) =>
        (DateTimeOffset.MaxValue.UtcTicks - time.UtcTicks).ToString("d19", CultureInfo.InvariantCulture);
}
