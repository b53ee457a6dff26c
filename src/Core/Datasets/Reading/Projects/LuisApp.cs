using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Records;
using Droptune.Core.Datasets.Sources;
using Droptune.Core.Text;

namespace Droptune.Core.Datasets.Reading.Projects;

/// <summary>An app of LUIS: utterances with intent and entities, whose ends are inclusive.</summary>
internal sealed class LuisApp(string fileName, Stream source, FindingLog log, ValidationSettings limits) : JsonProject(fileName, source, log, limits)
{
    /// <summary>Lists of an app that are no utterances, and what they are called.</summary>
    private static readonly (string Key, string Name)[] Lists =
    [
        ("closedLists", "list entities"), ("regex_entities", "regex entities"), ("prebuiltEntities", "prebuilt entities"), ("composites", "composite entities"),
        ("patternAnyEntities", "pattern.any entities"), ("patterns", "patterns"), ("phraselists", "phrase lists"), ("model_features", "phrase lists"), ("regex_features", "regex features"),
    ];

    private HashSet<string>? _composites;

    public override string Format => "LUIS app";

    protected override IEnumerable<string> NotCarriedOver()
    {
        foreach (var (key, name) in Lists.Where(list => Root.ItemsOf(list.Key).Any()))
        {
            var names = Root.ItemsOf(key).Select(entity => entity.StringOf("name")).OfType<string>().ToList();
            yield return names.Count > 0 ? $"{name} {string.Join(", ", names)}" : name;
        }

        if (Entities().Any(entity => entity.ItemsOf("children").Any()))
        {
            yield return "children of entities";
        }

        if (Entities().Any(entity => entity.StringOf("role") is { Length: > 0 }))
        {
            yield return "roles of entities";
        }
    }

    protected override IEnumerable<JsonElement> Examples()
    {
        var version = Root.TextOf("luis_schema_version");
        if (version.StartsWith("1.", StringComparison.Ordinal) && Entities().Any())
        {
            throw new UnreadableFileException(FindingCode.FormatNotRead,
                $"This is a LUIS app of schema {version}, whose positions of entities count tokens: their characters cannot be told. Import it in LUIS or CLU and export it from there.");
        }

        _composites = [.. Root.ItemsOf("composites").Select(composite => composite.StringOf("name")).OfType<string>()];
        return Root.ItemsOf("utterances");
    }

    protected override void Fill(Record record, JsonElement example)
    {
        record.Text.Add(example.TextOf("text"));
        (record.HasSpans, record.SpanUnit, record.SpanEnd) = (true, StringIndexType.Utf16CodeUnit, SpanEnd.Inclusive);
        if (example.StringOf("intent") is { Length: > 0 } intent)
        {
            record.Labels.Add(intent);
        }

        // A composite is made of entities that are given by themselves.
        foreach (var entity in example.ItemsOf("entities").Where(entity => !_composites!.Contains(entity.TextOf("entity"))))
        {
            record.AddSpan(entity.TextOf("entity"), entity.NumberOf("startPos"), entity.NumberOf("endPos"), offset: record.OffsetOf(entity));
        }
    }

    private IEnumerable<JsonElement> Entities() => Root.ItemsOf("utterances").SelectMany(utterance => utterance.ItemsOf("entities"));
}
