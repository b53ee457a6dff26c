using Droptune.Core.Text;

namespace Droptune.Core.Labels;

/// <summary>
/// Between the tags of a dataset, which belong to its words or to spans of a text, and those a model learns: one IOB2 tag a
/// unit. A word of several units gives its tag to the first and continues it on the others; on the way back the first one counts.
/// So a model trained on words serves raw text, where units are all there is.
/// </summary>
public static class UnitTags
{
    /// <summary>One tag a unit of an example that has tags or entities.</summary>
    public static string[] Of(Example example, TokenizedText text)
    {
        var tags = example.Tags is { } words ? OfWords(words, text) : OfSpans(example.Entities ?? [], text);
        Iob2.Repair(tags); // the word that began an entity may have no unit

        return tags;
    }

    /// <summary>One tag a word. A word without a unit is inside an entity if that goes on behind it.</summary>
    public static string[] ToWords(IReadOnlyList<string> unitTags, TokenizedText text, int words)
    {
        var tags = new string?[words];
        for (var unit = text.Units.Length - 1; unit >= 0; unit--)
        {
            tags[text.Units[unit].WordIndex] = unitTags[unit];
        }

        var next = Iob2.Outside;
        for (var word = words - 1; word >= 0; word--)
        {
            tags[word] ??= Iob2.Continues(next) ? next : Iob2.Outside;
            next = tags[word]!;
        }

        Iob2.Repair(tags!);
        return tags!;
    }

    private static string[] OfWords(IReadOnlyList<string> words, TokenizedText text)
    {
        var tags = new string[text.Units.Length];
        for (var unit = 0; unit < tags.Length; unit++)
        {
            var word = text.Units[unit].WordIndex;
            var isFirst = unit == 0 || text.Units[unit - 1].WordIndex != word;
            tags[unit] = isFirst ? words[word] : Iob2.Continuation(words[word]);
        }

        return tags;
    }

    // A span takes the units that it touches, and that no span before it took.
    private static string[] OfSpans(IReadOnlyList<EntitySpan> spans, TokenizedText text)
    {
        var tags = new string[text.Units.Length];
        Array.Fill(tags, Iob2.Outside);
        var unit = 0;
        foreach (var span in spans)
        {
            while (unit < tags.Length && text.Units[unit].End <= span.Start)
            {
                unit++;
            }

            for (var prefix = Iob2.Begin; unit < tags.Length && text.Units[unit].Start < span.End; unit++, prefix = Iob2.Inside)
            {
                tags[unit] = prefix + span.Label;
            }
        }

        return tags;
    }
}
