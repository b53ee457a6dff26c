using System.Text.Encodings.Web;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Droptune.Core;

/// <summary>
/// How every JSON document of the product is written (camelCase, enums as kebab-case words, nulls left out) and read: no key
/// twice, and null only where a type allows it.
/// </summary>
public static class DroptuneJson
{
    /// <summary>One line, for messages, records and snapshots.</summary>
    public static readonly JsonSerializerOptions Compact = Create(indented: false);

    /// <summary>Indented, for files that people open.</summary>
    public static readonly JsonSerializerOptions Readable = Create(indented: true);

    /// <summary>A value as its JSON has it, such as "token-classification".</summary>
    public static string Word<T>(T value)
        where T : struct, Enum => JsonSerializer.SerializeToElement(value, Compact).GetString()!;

    private static JsonSerializerOptions Create(bool indented) => new(JsonSerializerDefaults.Web)
    {
        WriteIndented = indented,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { JsonContract.Apply } },
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.Strict,
        // Nothing here is pasted into HTML unescaped, and Chinese must stay readable.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
    };
}
