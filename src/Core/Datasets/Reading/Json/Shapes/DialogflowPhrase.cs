using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Records;

namespace Droptune.Core.Datasets.Reading.Json.Shapes;

/// <summary>
/// A training phrase of Dialogflow: <c>{"data": [{"text", "alias"}, …]}</c>, in a file <c>{intent}_usersays_{language}.json</c>.
/// </summary>
internal static class DialogflowPhrase
{
    /// <summary>What is between the intent and the language in a file's name.</summary>
    public const string Mark = "_usersays_";

    public static string? Read(JsonElement element, Record record, UnreadAnnotations unread)
    {
        if (element.Of("isTemplate").ValueKind == JsonValueKind.True)
        {
            return "The phrase is a template (@city:city): its words are not there. Write it as an example in Dialogflow.";
        }

        var pieces = new TextPieces();
        foreach (var piece in element.ItemsOf("data"))
        {
            var text = piece.TextOf("text");
            if ((piece.StringOf("alias") ?? piece.StringOf("entity")) is { Length: > 0 } label)
            {
                pieces.Add(text, label);
            }
            else
            {
                pieces.Add(text);
            }
        }

        pieces.MoveTo(record);
        var name = record.File is null ? "" : record.File[(record.File.LastIndexOf('/') + 1)..];
        if (name.IndexOf(Mark, StringComparison.OrdinalIgnoreCase) is > 0 and var length)
        {
            record.Labels.Add(name[..length]);
        }

        return null;
    }
}
