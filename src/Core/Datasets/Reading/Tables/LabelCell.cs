namespace Droptune.Core.Datasets.Reading.Tables;

/// <summary>Several labels in a cell: <c>a; b</c>, a list as <see cref="CellList"/> reads it, or Label Studio's <c>{"choices": ["a", "b"]}</c>.</summary>
internal static class LabelCell
{
    private static ReadOnlySpan<byte> Choices => "{\"choices\":"u8;

    /// <summary>Whether a cell can be nothing but a list: of quoted labels, or of choices.</summary>
    public static bool IsList(ReadOnlySpan<byte> cell) =>
        cell.TrimStart((byte)' ') is var text && (text.StartsWith("[\""u8) || text.StartsWith("['"u8) || text.StartsWith(Choices));

    /// <summary>The labels; none of a blank cell. What is no closed list is one label, or several between semicolons.</summary>
    public static List<string> Parse(ReadOnlySpan<byte> cell)
    {
        var text = Encoding.UTF8.GetString(cell).Trim();
        var list = text.StartsWith(Encoding.UTF8.GetString(Choices), StringComparison.Ordinal) ? text[Choices.Length..].TrimEnd('}').Trim() : text;
        return list.StartsWith('[') && CellList.Parse(Encoding.UTF8.GetBytes(list)) is { } labels
            ? labels
            : [.. text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
    }
}
