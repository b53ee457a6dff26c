using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Records;

namespace Droptune.Core.Datasets.Reading.Json.Shapes;

/// <summary>
/// A task of Label Studio's JSON export: the text in <c>data</c>, spans (<c>labels</c>, <c>hypertextlabels</c>) and the text's
/// label (<c>choices</c>, <c>taxonomy</c>) in the results of its <c>annotations</c>. Predictions are a model's answers, not
/// labels; a choice for a region is none of the text.
/// </summary>
internal sealed class LabelStudioTask(FindingLog log, DatasetManifest manifest)
{
    private readonly UnreadAnnotations _unread = new(log);

    /// <summary>Fills the record, or leaves it out.</summary>
    public void Read(JsonElement task, Record record)
    {
        try
        {
            var data = task.GetProperty("data");
            if (!data.TryGetProperty(manifest.TextColumn, out var text) || text.ValueKind != JsonValueKind.String)
            {
                var keys = string.Join(", ", data.EnumerateObject().Select(property => property.Name).Take(20));
                log.LeaveOut(FindingCode.MissingField, record, $"The task's data have no '{manifest.TextColumn}', but {keys}: name the right one as textColumn in dataset.json.");
                return;
            }

            var annotations = task.TryGetProperty("annotations", out var list) ? list.EnumerateArray().ToList() : [];
            var done = annotations.Where(a => !(a.TryGetProperty("was_cancelled", out var cancelled) && cancelled.ValueKind == JsonValueKind.True)).ToList();
            if (done.Count == 0)
            {
                log.LeaveOut(annotations.Count > 0 ? FindingCode.NotAccepted : FindingCode.Unlabelled, record,
                    $"{(annotations.Count > 0 ? "The annotator skipped the task." : "The task has no annotation.")}");
                return;
            }

            record.Text.Add(text.GetString()!);
            (record.HasSpans, record.HasLabelList) = (true, true); // an annotated text without regions has no entities, and without choices no label
            foreach (var result in done[0].GetProperty("result").EnumerateArray())
            {
                ReadResult(result.GetProperty("type").GetString(), result, record);
            }

            if (done.Skip(1).Any(other => Summary(other) != Summary(done[0])))
            {
                log.Add(FindingCode.AnnotatorsDisagree, record, $"{done.Count} annotations that are not alike.");
            }
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException or FormatException)
        {
            log.LeaveOut(FindingCode.MalformedRecord, record, $"The task is not as Label Studio exports it: {e.Message}");
        }
    }

    private void ReadResult(string? type, JsonElement result, Record record)
    {
        JsonElement start = default;
        var isOfRegion = result.TryGetProperty("value", out var value) && value.TryGetProperty("start", out start);
        switch (type)
        {
            case "choices" when !isOfRegion:
                foreach (var choice in value.GetProperty("choices").EnumerateArray())
                {
                    record.Labels.Add(StringOf(choice));
                }

                break;
            case "taxonomy" when !isOfRegion:
                foreach (var path in value.GetProperty("taxonomy").EnumerateArray())
                {
                    record.Labels.Add(string.Join('/', path.EnumerateArray().Select(StringOf)));
                }

                break;
            case "labels" or "hypertextlabels" when start.ValueKind == JsonValueKind.Number:
                ReadRegion(value, value.GetProperty(type), record);
                break;
            default:
                _unread.Note(record, $"{type}", isOfRegion ? "it belongs to a region, not to the text" : null);
                break;
        }
    }

    private static void ReadRegion(JsonElement value, JsonElement labels, Record record)
    {
        var label = labels.EnumerateArray().Select(StringOf).ToList() is [var only] ? only : throw new FormatException("a region has no label, or several.");
        record.SpanStrings.Add(label);
        var labelIndex = record.SpanStrings.Count - 1;
        if (value.TryGetProperty("text", out var surface))
        {
            record.SpanStrings.Add(StringOf(surface));
        }

        record.Spans.Add(new RawSpan(
            value.GetProperty("start").GetInt64(), value.GetProperty("end").GetInt64(),
            labelIndex, surface.ValueKind == JsonValueKind.String ? labelIndex + 1 : -1, 0));
    }

    private static string StringOf(JsonElement value) => value.GetString() ?? throw new FormatException("a label or text is null.");

    private static string Summary(JsonElement annotation) => string.Join('\n', annotation.GetProperty("result").EnumerateArray()
        .Where(result => result.TryGetProperty("value", out _))
        .Select(result => string.Join(' ', result.GetProperty("value").EnumerateObject().Select(property => property.Value.GetRawText())))
        .Order(StringComparer.Ordinal));
}
