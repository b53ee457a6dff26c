using System.Text.RegularExpressions;

namespace Droptune.Core;

/// <summary>The rule for names of datasets and models: 1 to 63 lower-case letters, digits and inner hyphens.</summary>
public static partial class ResourceName
{
    public static bool IsValid(string name) => Rule().IsMatch(name);

    /// <summary>Says why <paramref name="name"/> is refused; null when it is a valid name.</summary>
    public static string? Problem(string name) => IsValid(name)
        ? null
        : $"'{name}' is not a valid name: use 1 to 63 lower-case letters, digits and hyphens, starting and ending with a letter or digit";

    // \z, not $: "$" would let a trailing line feed through.
    [GeneratedRegex(@"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\z")]
    private static partial Regex Rule();
}
