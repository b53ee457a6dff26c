using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Records;

namespace Droptune.Core.Datasets.Reading.Json.Shapes;

/// <summary>OpenAI's fine-tuning data: <c>{"messages": […]}</c>, of which the user's is the text and the assistant's the label. Instructions of the system are passed over.</summary>
internal static class OpenAiChat
{
    public static string? Read(JsonElement element, Record record, UnreadAnnotations unread)
    {
        var messages = element.ItemsOf("messages").ToLookup(message => message.TextOf("role"));
        if (messages["user"].ToList() is not [var text] || messages["assistant"].ToList() is not [var answer])
        {
            return "A conversation of several turns, or without an answer: an example has one message of the user and one of the assistant, its label.";
        }

        var label = answer.TextOf("content").Trim();
        if (label.StartsWith('{') || label.StartsWith('['))
        {
            return "The assistant answers in JSON: write its label and entities as text, label and entities.";
        }

        record.Text.Add(text.TextOf("content"));
        record.Labels.Add(label);
        return null;
    }
}
