namespace Droptune.Core.Datasets.Reading.Tables;

/// <summary>Several labels in a cell: <c>a; b</c>, a list as <see cref="CellList"/> reads it, or Label Studio's <c>{"choices": ["a", "b"]}</c>.</summary>
internal static class LabelCell
{
    private const string Choices = "{\"choices\":";

    /// <summary>The labels; none of a blank cell. What is no closed list is one label, or several between semicolons.</summary>
    public static List<string> Parse(ReadOnlySpan<byte> cell)
    {
        var text = Encoding.UTF8.GetString(cell).Trim();
        var list = text.StartsWith(Choices, StringComparison.Ordinal) ? text[Choices.Length..].TrimEnd('}').Trim() : text;
        return list.StartsWith('[') && CellList.Parse(Encoding.UTF8.GetBytes(list)) is { } labels
            ? labels
            : [.. text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
    }
}
