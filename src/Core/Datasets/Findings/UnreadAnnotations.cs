using Droptune.Core.Datasets.Records;

namespace Droptune.Core.Datasets.Findings;

/// <summary>What a file holds that looks like annotation and is not read: one finding for each key, column or type.</summary>
internal sealed class UnreadAnnotations(FindingLog log)
{
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "annotation", "annotations", "categories", "category", "class", "classes", "domain", "emotion", "entities", "entity", "intent", "intents",
        "label", "labels", "ner", "ner_tags", "relation", "relations", "scenario", "sentiment", "slot", "slots", "spans", "tag", "tags", "target", "taxonomy",
        "topic", "topics",
    };

    private const int Shown = 20;

    private readonly HashSet<string> _noted = [];

    /// <summary>Whether a key or column by that name usually holds annotation.</summary>
    public static bool IsName(string key) => Names.Contains(key);

    /// <summary>Names all that a file holds and is not read, in one finding; none where there is nothing.</summary>
    public void NoteAll(string file, IEnumerable<string> what)
    {
        if (what.ToList() is { Count: > 0 } all)
        {
            log.Add(FindingCode.AnnotationNotRead, file, 0, 0, [],
                $"Not read: {string.Join("; ", all.Take(Shown))}{(all.Count > Shown ? $"; and {all.Count - Shown} more" : "")}.");
        }
    }

    public void Note(Record record, string what, string? why = null)
    {
        if (_noted.Add(what))
        {
            log.Add(FindingCode.AnnotationNotRead, record, $"'{Encoding.UTF8.GetBytes(what)}' is not read{(why is null ? "" : $": {why}")}.");
        }
    }
}
