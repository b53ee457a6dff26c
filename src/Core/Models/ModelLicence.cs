using System.Text.RegularExpressions;

namespace Droptune.Core.Models;

/// <summary>The licence that a model's card states in its metadata, as hubs name it.</summary>
public static partial class ModelLicence
{
    /// <summary>The licence of the model in a folder; several, with commas; null = none is stated.</summary>
    public static string? Of(string folder)
    {
        var fields = CardMetadata.Of(folder);
        var licence = fields.GetValueOrDefault("license");
        return licence == "other" && fields.GetValueOrDefault("license_name") is { } name ? $"{licence}: {name}" : licence;
    }

    /// <summary>What to know of a licence before something is built on the model; null = nothing.</summary>
    public static string? Concern(string? licence) => licence switch
    {
        null or "" or "unknown" => "states no licence",
        _ when NonCommercial().IsMatch(licence) => $"has the licence '{licence}', which does not allow commercial use",
        _ when licence.Split(':')[0] == "other" => $"has a licence of its own ('{licence}')",
        _ => null,
    };

    [GeneratedRegex(@"(^|[^a-z])nc([^a-z]|$)|non-?commercial|research", RegexOptions.IgnoreCase)]
    private static partial Regex NonCommercial();
}
