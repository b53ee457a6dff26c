using System.Text.RegularExpressions;
using Droptune.Core.Datasets.Sources;

namespace Droptune.Core.Datasets.Reading;

/// <summary>
/// The files of an exported agent of Dialogflow: <c>intents/book_usersays_en.json</c> with phrases beside <c>intents/book.json</c> with
/// settings, entities likewise, and settings of the agent.
/// </summary>
internal static partial class DialogflowAgent
{
    /// <summary>The files that a file of phrases or values makes parts; null where it is none.</summary>
    public static IEnumerable<DatasetFile>? PartsOf(string fileName, DatasetFolder folder) =>
        Listing().Match(fileName) is { Success: true } name
            ? folder.Files.Where(file => file.Name == $"{name.Groups["folder"]}{name.Groups["name"]}.json" || Settings().IsMatch(file.Name))
            : null;

    /// <summary>The entity whose values a file lists; null where it is none.</summary>
    public static string? EntityOf(string fileName) =>
        Listing().Match(fileName) is { Success: true } name && name.Groups["what"].Value == "entries" ? name.Groups["name"].Value : null;

    [GeneratedRegex(@"^(?<folder>(.*/)?)(?<name>[^/]+)_(?<what>usersays|entries)_[A-Za-z-]+\.json$")]
    private static partial Regex Listing();

    [GeneratedRegex(@"(^|/)(agent|package)\.json$")]
    private static partial Regex Settings();
}
