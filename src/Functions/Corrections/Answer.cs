using Droptune.Core.Datasets.Checking.Texts;
using Droptune.Core.Labels;

namespace Droptune.Functions.Corrections;

/// <summary>
/// What an example says of its text, to be compared: entities by their places among the characters that are no white space, so
/// that words and a text of the same characters compare. A part that an example has not agrees with anything.
/// </summary>
internal sealed record Answer(IReadOnlySet<string>? Labels, IReadOnlyList<EntitySpan>? Entities)
{
    public static Answer Of(Example example) =>
        new(example.TextLabels()?.ToHashSet(), example.Tokens is { } words ? OfWords(words, example.Tags) : OfText(example.Text!, example.Entities));

    /// <summary>A text's key: the same where only case, width and white space differ, as for the gate.</summary>
    public static ulong KeyOf(Example example) =>
        TextHash.NormalisedOf(example);

    public bool Agrees(Answer other) =>
        (Labels is null || other.Labels is null || Labels.SetEquals(other.Labels))
        && (Entities is null || other.Entities is null || Entities.SequenceEqual(other.Entities));

    private static EntitySpan[]? OfText(string text, IReadOnlyList<EntitySpan>? entities) =>
        entities is null ? null : [.. entities.Select(entity => new EntitySpan(Visible(text[..entity.Start]), Visible(text[..entity.End]), entity.Label))];

    private static EntitySpan[]? OfWords(IReadOnlyList<string> words, IReadOnlyList<string>? tags)
    {
        if (tags is null)
        {
            return null;
        }

        var starts = new int[words.Count + 1];
        for (var i = 0; i < words.Count; i++)
        {
            starts[i + 1] = starts[i] + Visible(words[i]);
        }

        return [.. Iob2.Entities(tags).Select(found => new EntitySpan(starts[found.Start], starts[found.End], found.Label))];
    }

    private static int Visible(string text) => text.Count(c => !char.IsWhiteSpace(c));
}
