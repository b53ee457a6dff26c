using System.Text.Json.Nodes;
using Droptune.Core.Text;
using Droptune.Core.Text.Unicode;

namespace Droptune.Functions.Corrections.Folding;

/// <summary>
/// <c>feedback-{date}.jsonl</c>: corrections as records of their dataset, in the names and offsets that its manifest states.
/// Where it states none, spans stand under <c>ents</c>, which by spaCy's custom count code points: no emoji makes them ambiguous.
/// </summary>
public static class CorrectionFile
{
    public static string NameOf(string dataset, DateTimeOffset day, int number) =>
        $"{dataset}/feedback-{day:yyyy-MM-dd}{(number == 1 ? "" : $"-{number}")}.jsonl";

    public static string Write(IEnumerable<Example> examples, DatasetManifest manifest)
    {
        var lines = new StringBuilder();
        foreach (var example in examples)
        {
            var line = new JsonObject { [manifest.TextColumn] = example.Text };
            if (example.Entities is { } entities)
            {
                line["ents"] = new JsonArray([.. entities.Select(entity => (JsonNode)Span(entity, example.Text!, manifest))]);
            }

            if (example.Labels is { } labels)
            {
                line[manifest.LabelColumn] = new JsonArray([.. labels.Select(name => JsonValue.Create(name))]);
            }
            else if (example.Label is { } label)
            {
                line[manifest.LabelColumn] = label;
            }

            lines.Append(line.ToJsonString(DroptuneJson.Compact)).Append('\n');
        }

        return lines.ToString();
    }

    /// <summary>The examples of a file that was written here; lines that somebody changed into something else are passed over.</summary>
    public static IEnumerable<Example> Read(string content, DatasetManifest manifest)
    {
        foreach (var line in content.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (ReadLine(line, manifest) is { } example)
            {
                yield return example;
            }
        }
    }

    private static Example? ReadLine(string line, DatasetManifest manifest)
    {
        try
        {
            var record = JsonNode.Parse(line);
            return record?[manifest.TextColumn]?.GetValue<string>() is not { } text ? null : new Example
            {
                Text = text,
                Entities = record["ents"]?.AsArray().Select(span => Place(span!, text, manifest)).ToList(),
                Label = record[manifest.LabelColumn] is JsonValue label ? label.GetValue<string>() : null,
                Labels = (record[manifest.LabelColumn] as JsonArray)?.Select(name => name!.GetValue<string>()).ToList(),
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    private static JsonObject Span(EntitySpan entity, string text, DatasetManifest manifest)
    {
        var codePoints = CodePointsOf(text, manifest);
        return new()
        {
            ["start"] = codePoints?.FromUtf16(entity.Start) ?? entity.Start,
            ["end"] = (codePoints?.FromUtf16(entity.End) ?? entity.End) - Last(manifest),
            ["label"] = entity.Label,
        };
    }

    private static EntitySpan Place(JsonNode span, string text, DatasetManifest manifest)
    {
        var (start, end) = (span["start"]!.GetValue<int>(), span["end"]!.GetValue<int>() + Last(manifest));
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfLessThan(end, start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(end, text.Length);
        var codePoints = CodePointsOf(text, manifest);
        return new(codePoints?.ToUtf16(start) ?? start, codePoints?.ToUtf16(end) ?? end, span["label"]!.GetValue<string>());
    }

    private static CodePoints? CodePointsOf(string text, DatasetManifest manifest) =>
        manifest.SpanUnit == StringIndexType.Utf16CodeUnit ? null : new CodePoints(text);

    private static int Last(DatasetManifest manifest) => manifest.SpanEnd == SpanEnd.Inclusive ? 1 : 0;
}
