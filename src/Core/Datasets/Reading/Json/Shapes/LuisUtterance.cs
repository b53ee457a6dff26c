using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Records;
using Droptune.Core.Text;

namespace Droptune.Core.Datasets.Reading.Json.Shapes;

/// <summary>LUIS's lists of utterances: <c>{"text", "intentName", "entityLabels": [{"entityName", "startCharIndex", "endCharIndex"}]}</c>; ends are inclusive.</summary>
internal static class LuisUtterance
{
    public static string? Read(JsonElement element, Record record, UnreadAnnotations unread)
    {
        record.Text.Add(element.TextOf("text"));
        (record.HasSpans, record.SpanUnit, record.SpanEnd) = (true, StringIndexType.Utf16CodeUnit, SpanEnd.Inclusive);
        if (element.StringOf("intentName") is { Length: > 0 } intent)
        {
            record.Labels.Add(intent);
        }

        foreach (var entity in element.ItemsOf("entityLabels"))
        {
            record.AddSpan(entity.TextOf("entityName"), entity.NumberOf("startCharIndex"), entity.NumberOf("endCharIndex"), offset: record.OffsetOf(entity));
            if (entity.ItemsOf("children").Any())
            {
                unread.Note(record, "children");
            }
        }

        return null;
    }
}
