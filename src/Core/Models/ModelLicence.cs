using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Droptune.Core.Models;

/// <summary>The licence that a model's card states in its metadata, as hubs name it.</summary>
public static partial class ModelLicence
{
    private const string Fence = "---";
    private const int LongestMetadata = 1000; // lines
    private const int DeepestMetadata = 32;

    /// <summary>The licence of the model in a folder; several, with commas; null = none is stated.</summary>
    public static string? Of(string folder)
    {
        var card = Path.Combine(folder, ModelFileNames.Card);
        if (!File.Exists(card) || File.ReadLines(card).FirstOrDefault() != Fence)
        {
            return null;
        }

        try
        {
            var fields = Read(string.Join('\n', File.ReadLines(card).Skip(1).Take(LongestMetadata).TakeWhile(line => line != Fence)));
            var licence = fields.GetValueOrDefault("license");
            return licence == "other" && fields.GetValueOrDefault("license_name") is { } name ? $"{licence}: {name}" : licence;
        }
        catch (Exception e) when (e is YamlException or InvalidOperationException or ArgumentException)
        {
            return null; // a card is for people: what it looks like ends nothing
        }
    }

    /// <summary>What to know of a licence before something is built on the model; null = nothing.</summary>
    public static string? Concern(string? licence) => licence switch
    {
        null or "" or "unknown" => "states no licence",
        _ when NonCommercial().IsMatch(licence) => $"has the licence '{licence}', which does not allow commercial use",
        _ when licence.Split(':')[0] == "other" => $"has a licence of its own ('{licence}')",
        _ => null,
    };

    /// <summary>The texts, and lists of texts, at the top level. By the parser's events: the library's own tree has no bounds.</summary>
    private static Dictionary<string, string> Read(string yaml)
    {
        var fields = new Dictionary<string, string>();
        var parser = new Parser(new StringReader(yaml));
        while (parser.MoveNext() && parser.Current is StreamStart or DocumentStart)
        {
        }

        if (parser.Current is not MappingStart)
        {
            return fields;
        }

        while (parser.MoveNext() && parser.Current is Scalar { Value: var key })
        {
            var (texts, depth) = (new List<string>(), 0);
            do
            {
                if (!parser.MoveNext() || depth > DeepestMetadata)
                {
                    return fields;
                }

                depth += parser.Current!.NestingIncrease;
                if (depth <= 1 && parser.Current is Scalar { Value: var text })
                {
                    texts.Add(text);
                }
            }
            while (depth > 0);
            fields[key] = string.Join(", ", texts);
        }

        return fields;
    }

    [GeneratedRegex(@"(^|[^a-z])nc([^a-z]|$)|non-?commercial|research", RegexOptions.IgnoreCase)]
    private static partial Regex NonCommercial();
}
