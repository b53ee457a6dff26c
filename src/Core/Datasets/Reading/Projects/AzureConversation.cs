using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Records;

namespace Droptune.Core.Datasets.Reading.Projects;

/// <summary>A project of Azure's conversational language understanding (CLU): utterances, each with its intent, entities and split.</summary>
internal sealed class AzureConversation(string fileName, Stream source, FindingLog log, ValidationSettings limits) : AzureProject(fileName, source, log, limits)
{
    /// <summary>Components of an entity that are found by rules, not by learning.</summary>
    private static readonly string[] Components = ["list", "regex", "prebuilts"];

    public override string Format => "Azure CLU project";

    protected override IEnumerable<string> NotCarriedOver() =>
        from component in Components
        let entities = Assets.ItemsOf("entities").Where(entity => HasContent(entity.Of(component))).Select(entity => entity.StringOf("category")).ToList()
        where entities.Count > 0
        select $"{(component == "prebuilts" ? "prebuilt" : component)} components of {string.Join(", ", entities)}";

    protected override IEnumerable<JsonElement> Examples() => Assets.ItemsOf("utterances");

    protected override void Fill(Record record, JsonElement example)
    {
        record.Split = SplitOf(example);
        record.Text.Add(example.TextOf("text"));
        record.HasSpans = true;
        if (example.StringOf("intent") is { Length: > 0 } intent)
        {
            record.Labels.Add(intent);
        }

        foreach (var entity in example.ItemsOf("entities"))
        {
            AddSpan(record, entity);
        }
    }

    private static bool HasContent(JsonElement component) => component.ValueKind switch
    {
        JsonValueKind.Array => component.GetArrayLength() > 0,
        JsonValueKind.Object => component.EnumerateObject().Any(part => part.Value.ValueKind != JsonValueKind.Array || part.Value.GetArrayLength() > 0),
        _ => false,
    };
}
