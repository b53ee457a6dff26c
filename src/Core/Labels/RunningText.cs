using Droptune.Core.Text;
using Droptune.Core.Text.Unicode;
using Droptune.Core.Text.WordPiece;

namespace Droptune.Core.Labels;

/// <summary>
/// Words of a language that is written without spaces, joined as they stand in a text: what is trained and evaluated is then what will
/// be asked.
/// </summary>
public static class RunningText
{
    /// <summary>Whether examples are such words.</summary>
    public static bool IsNeeded(IEnumerable<Example> examples)
    {
        var borders = new WordBorders();
        foreach (var words in examples.Select(example => example.Tokens).OfType<IReadOnlyList<string>>())
        {
            for (var i = 1; i < words.Count; i++)
            {
                borders.Add(Scripts.Before(words[i - 1], words[i - 1].Length), Scripts.At(words[i], 0));
            }
        }

        return borders.AreUnseen;
    }

    /// <summary>An example of words as one of a text, its tags as entities; one of a text stays as it is.</summary>
    public static Example Join(Example example)
    {
        if (example.Tokens is not { } words)
        {
            return example;
        }

        var (text, places) = Join(words);
        return example with
        {
            Tokens = null,
            Tags = null,
            Text = text,
            Entities = example.Tags is null ? null
                : [.. Iob2.Entities(example.Tags).Select(found => new EntitySpan(places[found.Start].Start, places[found.End - 1].End, found.Label))],
        };
    }

    /// <summary>The text of an example, cut where its words end, or its entities where it is a text.</summary>
    public static CutText Cut(Example example)
    {
        if (example.Tokens is not { } words)
        {
            return CutText.Of(example);
        }

        var (text, places) = Join(words);
        return new(text, [.. places.Select(place => place.End)]);
    }

    /// <summary>A space stays where two words would become one.</summary>
    private static (string Text, TextRange[] Places) Join(IReadOnlyList<string> words)
    {
        var text = new StringBuilder();
        var places = new TextRange[words.Count];
        for (var i = 0; i < words.Count; i++)
        {
            if (i > 0 && IsSpaced(Scripts.Before(words[i - 1], words[i - 1].Length)) && IsSpaced(Scripts.At(words[i], 0)))
            {
                text.Append(' ');
            }

            var start = text.Length;
            text.Append(words[i]);
            places[i] = new(start, text.Length);
        }

        return ($"{text}", places);
    }

    private static bool IsSpaced(Script script) =>
        script is not (Script.Symbol or Script.Inherited or Script.Han) && !SmallUnits.IsUnspaced(script);
}
