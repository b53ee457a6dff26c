using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Records;
using Droptune.Core.Text;

namespace Droptune.Core.Datasets.Reading.Projects;

/// <summary>The NER annotator for spaCy: <c>{"classes": […], "annotations": [[text, {"entities": [[start, end, label]]}], …]}</c>.</summary>
internal sealed class SpacyAnnotator(string fileName, Stream source, FindingLog log, ValidationSettings limits) : JsonProject(fileName, source, log, limits)
{
    public override string Format => "NER annotator";

    protected override IEnumerable<string> NotCarriedOver() => [];

    /// <summary>Empty lines of the annotated file are null.</summary>
    protected override IEnumerable<JsonElement> Examples() => Root.ItemsOf("annotations").Where(pair => pair.ValueKind != JsonValueKind.Null);

    protected override void Fill(Record record, JsonElement example)
    {
        record.Text.Add(example[0].GetString() ?? "");
        (record.HasSpans, record.SpanUnit) = (true, StringIndexType.UnicodeCodePoint);
        foreach (var entity in example[1].ItemsOf("entities"))
        {
            record.AddSpan(entity[2].GetString() ?? "", entity[0].GetInt64(), entity[1].GetInt64(), offset: record.OffsetOf(entity));
        }
    }
}
