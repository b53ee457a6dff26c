using System.Text.Json.Serialization;

namespace Droptune.Core.Text;

/// <summary>What places in a text count, in the words of Azure AI Language.</summary>
public enum StringIndexType
{
    /// <summary>As JavaScript, Java and C# count.</summary>
    [JsonStringEnumMemberName("utf16CodeUnit")]
    Utf16CodeUnit,

    /// <summary>As Python counts.</summary>
    [JsonStringEnumMemberName("unicodeCodePoint")]
    UnicodeCodePoint,
}
