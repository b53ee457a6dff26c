using System.Text.RegularExpressions;

namespace Droptune.Core;

/// <summary>Says why JSON could not be read, in words that name no .NET type and no place: the exception has that in fields of its own.</summary>
public static partial class JsonReason
{
    public static string Of(JsonException e)
    {
        var message = e.Message.Split(" Path: ")[0].Split(" LineNumber: ")[0];
        return message switch
        {
            _ when UnknownKey().Match(message) is { Success: true } match => $"The key {match.Groups[1].Value} is not known here.",
            _ when MissingKeys().Match(message) is { Success: true } match => $"Missing: {match.Groups[1].Value}",
            _ when Repeated().Match(message) is { Success: true } match => $"The key {match.Groups[1].Value} is there twice.",
            _ when WrongType().IsMatch(message) => "The value is not of the type or not one of the words that are expected here.",
            _ => message,
        };
    }

    [GeneratedRegex("^The JSON property (.+) could not be mapped to any .NET member")]
    private static partial Regex UnknownKey();

    [GeneratedRegex("missing required properties including: (.+)$")]
    private static partial Regex MissingKeys();

    [GeneratedRegex("^Duplicate property (.+) encountered")]
    private static partial Regex Repeated();

    [GeneratedRegex("could not be converted to|allow (setting )?null values")]
    private static partial Regex WrongType();
}
