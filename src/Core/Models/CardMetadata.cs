using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Droptune.Core.Models;

/// <summary>The metadata of a model's card, as hubs read it: YAML between two lines of dashes at its top.</summary>
public static class CardMetadata
{
    /// <summary>The line before and after it.</summary>
    public const string Fence = "---";

    private const int LongestMetadata = 1000; // lines
    private const int DeepestMetadata = 32;

    /// <summary>The texts of the card in a folder by their keys, lists with commas; empty where it states none.</summary>
    public static IReadOnlyDictionary<string, string> Of(string folder)
    {
        var card = Path.Combine(folder, ModelFileNames.Card);
        return File.Exists(card) ? In(File.ReadLines(card)) : new Dictionary<string, string>();
    }

    /// <summary>The same of a card's lines.</summary>
    public static IReadOnlyDictionary<string, string> In(IEnumerable<string> card)
    {
        try
        {
            return card.FirstOrDefault() == Fence
                ? Read(string.Join('\n', card.Skip(1).Take(LongestMetadata).TakeWhile(line => line != Fence)))
                : new Dictionary<string, string>();
        }
        catch (Exception e) when (e is YamlException or InvalidOperationException or ArgumentException)
        {
            return new Dictionary<string, string>(); // a card is for people: what it looks like ends nothing
        }
    }

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
}
