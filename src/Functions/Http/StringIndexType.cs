using System.Text.Json.Serialization;

namespace Droptune.Functions.Http;

/// <summary>What places in a text count.</summary>
public enum StringIndexType
{
    /// <summary>As JavaScript, Java and C# count.</summary>
    [JsonStringEnumMemberName("utf16CodeUnit")]
    Utf16CodeUnit,

    /// <summary>As Python counts.</summary>
    [JsonStringEnumMemberName("unicodeCodePoint")]
    UnicodeCodePoint,
}
