using Droptune.Core.Datasets;

namespace Droptune.Core.Text;

/// <summary>The labels of a model: names to ids and back, as in <c>id2label</c> of its config.json.</summary>
public sealed class LabelSet
{
    private readonly Dictionary<string, int> _ids;

    public LabelSet(IReadOnlyList<string> names)
    {
        Names = names;
        _ids = new(names.Count);
        for (var id = 0; id < names.Count; id++)
        {
            if (!_ids.TryAdd(names[id], id))
            {
                throw new ArgumentException($"The label \"{names[id]}\" stands twice.", nameof(names));
            }
        }
    }

    public IReadOnlyList<string> Names { get; }

    public int Count => Names.Count;

    public string this[int id] => Names[id];

    public int this[string name] => _ids.TryGetValue(name, out var id) ? id
        : throw new KeyNotFoundException($"\"{name}\" is not a label of this model; it has {string.Join(", ", Names)}.");

    /// <summary>The text labels of examples, sorted, so that the same data gives the same ids.</summary>
    public static LabelSet OfTexts(IEnumerable<Example> examples) =>
        new([.. examples.Select(example => example.Label).OfType<string>().Distinct().Order(StringComparer.Ordinal)]);

    /// <summary>The IOB2 tags of examples: O, then B and I of each entity label, sorted. Both exist even if only one was seen.</summary>
    public static LabelSet OfTags(IEnumerable<Example> examples)
    {
        var entities = examples.SelectMany(example => (example.Tags ?? []).Where(tag => tag != Iob2.Outside).Select(Iob2.Label)
            .Concat((example.Entities ?? []).Select(entity => entity.Label)));

        return OfEntities(entities);
    }

    /// <summary>The IOB2 tags of entity labels.</summary>
    public static LabelSet OfEntities(IEnumerable<string> labels) => new([Iob2.Outside, .. labels.Distinct()
        .Order(StringComparer.Ordinal).SelectMany(label => new[] { Iob2.Begin + label, Iob2.Inside + label })]);

    /// <summary>From <c>id2label</c> of a config.json, whose keys are numbers from 0 on.</summary>
    public static LabelSet FromConfig(IReadOnlyDictionary<string, string> id2Label) => new([.. Enumerable.Range(0, id2Label.Count)
        .Select(id => id2Label.TryGetValue($"{id}", out var name) ? name
            : throw new InvalidDataException($"id2label has {id2Label.Count} labels, but none for {id}."))]);

    /// <summary><c>id2label</c> for a config.json.</summary>
    public Dictionary<string, string> ToId2Label() => Enumerable.Range(0, Count).ToDictionary(id => $"{id}", id => Names[id]);

    /// <summary><c>label2id</c> for a config.json.</summary>
    public Dictionary<string, int> ToLabel2Id() => new(_ids);

    public bool TryGetId(string name, out int id) => _ids.TryGetValue(name, out id);
}
