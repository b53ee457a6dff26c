using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Records;

namespace Droptune.Core.Datasets.Reading.Json.Shapes;

/// <summary>
/// Dataturks: <c>{"content": …, "annotation": [{"label": ["Name"], "points": [{"start", "end", "text"}]}]}</c>, with inclusive
/// ends; <c>{"content": …, "annotation": {"labels": ["x"]}}</c> where a text has a label.
/// </summary>
internal static class DataturksDocument
{
    public static string? Read(JsonElement element, Record record, UnreadAnnotations unread)
    {
        record.Text.Add(element.TextOf("content"));
        var annotation = element.Of("annotation");
        if (annotation.ValueKind == JsonValueKind.Object)
        {
            record.HasLabelList = annotation.Of("labels").ValueKind == JsonValueKind.Array;
            foreach (var label in annotation.ItemsOf("labels"))
            {
                record.Labels.Add(label.GetString()!);
            }

            return null;
        }

        (record.HasSpans, record.SpanEnd) = (true, SpanEnd.Inclusive);
        foreach (var entity in element.ItemsOf("annotation"))
        {
            if (entity.ItemsOf("label").ToList() is not [var label])
            {
                return "An entity has no label, or several.";
            }

            foreach (var point in entity.ItemsOf("points"))
            {
                record.AddSpan(label.GetString()!, point.NumberOf("start"), point.NumberOf("end"), point.StringOf("text"), record.OffsetOf(point));
            }
        }

        return null;
    }
}
