using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Records;

namespace Droptune.Core.Datasets.Reading.Json;

/// <summary>
/// A task of Label Studio's JSON export: the text in <c>data</c>, spans (<c>labels</c>) and the text's label
/// (<c>choices</c>) in the results of its <c>annotations</c>. Predictions are a model's answers, not labels.
/// </summary>
internal static class LabelStudioTask
{
    /// <summary>Fills the record, or leaves it out.</summary>
    public static void Read(JsonElement task, Record record, FindingLog log, DatasetManifest manifest)
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
            ReadResults(done[0], record);
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

    private static void ReadResults(JsonElement annotation, Record record)
    {
        record.HasSpans = true; // an annotated text without regions has no entities
        foreach (var (type, value) in Results(annotation))
        {
            if (type == "choices")
            {
                foreach (var choice in value.GetProperty("choices").EnumerateArray())
                {
                    record.Labels.Add(StringOf(choice));
                }
            }
            else
            {
                var label = value.GetProperty("labels").EnumerateArray().Select(StringOf).ToList() is [var only]
                    ? only
                    : throw new FormatException("a region has no label, or several.");
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
        }
    }

    private static string StringOf(JsonElement value) => value.GetString() ?? throw new FormatException("a label or text is null.");

    private static string Summary(JsonElement annotation) => string.Join('\n', Results(annotation).Select(result => result.Type == "choices"
        ? result.Value.GetProperty("choices").GetRawText()
        : $"{result.Value.GetProperty("start").GetRawText()} {result.Value.GetProperty("end").GetRawText()} {result.Value.GetProperty("labels").GetRawText()}")
        .Order(StringComparer.Ordinal));

    private static IEnumerable<(string Type, JsonElement Value)> Results(JsonElement annotation) =>
        from result in annotation.GetProperty("result").EnumerateArray()
        let type = result.GetProperty("type").GetString()
        where type is "labels" or "choices"
        select (type, result.GetProperty("value"));
}
