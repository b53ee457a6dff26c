using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Records;

namespace Droptune.Core.Datasets.Reading.Json.Shapes;

/// <summary>CLUENER: <c>{"text": …, "label": {"name": {"王小明": [[0, 2]]}}}</c>; ends are inclusive.</summary>
internal static class CluenerLabels
{
    public static string? Read(JsonElement element, Record record, UnreadAnnotations unread)
    {
        record.Text.Add(element.TextOf("text"));
        (record.HasSpans, record.SpanEnd) = (true, SpanEnd.Inclusive);
        foreach (var label in element.GetProperty("label").EnumerateObject())
        {
            foreach (var surface in label.Value.EnumerateObject())
            {
                foreach (var span in surface.Value.EnumerateArray())
                {
                    record.AddSpan(label.Name, span[0].GetInt64(), span[1].GetInt64(), surface.Name, record.OffsetOf(span));
                }
            }
        }

        return null;
    }
}
