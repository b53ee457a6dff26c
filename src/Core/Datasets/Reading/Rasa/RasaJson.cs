using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Reading.Projects;
using Droptune.Core.Datasets.Records;
using Droptune.Core.Text;

namespace Droptune.Core.Datasets.Reading.Rasa;

/// <summary>Rasa's training data of versions 1 and 2 in JSON.</summary>
internal sealed class RasaJson(string fileName, Stream source, FindingLog log, ValidationSettings limits) : JsonProject(fileName, source, log, limits)
{
    /// <summary>Lists that are no examples, what they are called, and the key of an element's name.</summary>
    private static readonly (string Key, string Kind, string Name)[] Lists =
        [("regex_features", "regex", "name"), ("entity_synonyms", "synonym", "value"), ("lookup_tables", "lookup", "name")];

    public override string Format => "Rasa JSON";

    private JsonElement Data => Root.GetProperty("rasa_nlu_data");

    protected override IEnumerable<string> NotCarriedOver()
    {
        foreach (var (key, kind, name) in Lists)
        {
            foreach (var element in Data.ItemsOf(key))
            {
                yield return $"{kind} {element.StringOf(name)}".TrimEnd();
            }
        }

        var entities = Examples().SelectMany(example => example.ItemsOf("entities").Select(entity => (Text: example.StringOf("text"), Entity: entity)));
        if (entities.Any(e => e.Entity.Of("role").ValueKind != default || e.Entity.Of("group").ValueKind != default || SurfaceOf(e.Text, e.Entity) is null))
        {
            yield return "values, roles and groups of entities";
        }
    }

    protected override IEnumerable<JsonElement> Examples() =>
        ((string[])["common_examples", "intent_examples", "entity_examples"]).SelectMany(key => Data.ItemsOf(key));

    protected override void Fill(Record record, JsonElement example)
    {
        var text = example.TextOf("text");
        record.Text.Add(text);
        (record.HasSpans, record.SpanUnit) = (true, StringIndexType.UnicodeCodePoint);
        if (example.StringOf("intent") is { Length: > 0 } intent)
        {
            record.Labels.Add(intent);
        }

        foreach (var entity in example.ItemsOf("entities"))
        {
            record.AddSpan(entity.TextOf("entity"), entity.NumberOf("start"), entity.NumberOf("end"), SurfaceOf(text, entity), record.OffsetOf(entity));
        }
    }

    /// <summary>An entity's value is its text, unless a synonym stands there for it.</summary>
    private static string? SurfaceOf(string? text, JsonElement entity) =>
        entity.Of("value") is { ValueKind: JsonValueKind.String } value && text?.Contains(value.GetString()!, StringComparison.Ordinal) == true ? value.GetString() : null;
}
