namespace Droptune.Core.Datasets.Records;

/// <summary>Looks into parsed JSON whose keys may be missing. What is of another kind is an <see cref="InvalidOperationException"/>.</summary>
internal static class JsonShape
{
    /// <summary>The value of a key; of no kind where the element has none.</summary>
    public static JsonElement Of(this JsonElement element, string key) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : default;

    /// <summary>The elements of a list; none where there is no list.</summary>
    public static IEnumerable<JsonElement> ItemsOf(this JsonElement element, string key) =>
        element.Of(key) is { ValueKind: not JsonValueKind.Undefined } list ? list.EnumerateArray() : [];

    /// <summary>A string; null where the element has none.</summary>
    public static string? StringOf(this JsonElement element, string key) =>
        element.Of(key) is { ValueKind: not JsonValueKind.Undefined } value ? value.GetString() : null;

    /// <summary>A string that must be there.</summary>
    public static string TextOf(this JsonElement element, string key) =>
        element.StringOf(key) ?? throw new KeyNotFoundException($"it has no '{key}'.");

    /// <summary>A number that must be there.</summary>
    public static long NumberOf(this JsonElement element, string key) =>
        element.Of(key) is { ValueKind: not JsonValueKind.Undefined } value ? value.GetInt64() : throw new KeyNotFoundException($"it has no '{key}'.");

    /// <summary>Says what was found of another kind.</summary>
    public static string Reason(Exception e) => e is InvalidOperationException or FormatException or IndexOutOfRangeException
        ? "a value is of another kind, or a number of another range."
        : e.Message;
}
