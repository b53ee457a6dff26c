namespace Droptune.Core.Labels;

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
        new([.. examples.SelectMany(example => example.TextLabels() ?? []).Distinct().Order(StringComparer.Ordinal)]);

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

    public bool TryGetId(string name, out int id) => _ids.TryGetValue(name, out id);
}
