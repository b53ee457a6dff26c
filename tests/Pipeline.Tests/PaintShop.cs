namespace Droptune.Pipeline.Tests;

/// <summary>A dataset that a small model learns in seconds: two intents, things and colours.</summary>
internal static class PaintShop
{
    private static readonly string[] Colours = ["red", "green", "blue", "dark red", "yellow", "light grey"];
    private static readonly string[] Things = ["door", "chair", "garden fence", "wall", "table"];

    /// <summary>Training settings under which it does, from scratch.</summary>
    public static string Manifest(int epochs) => Manifest(epochs, """ "size": "tiny", """);

    /// <summary>The same from the built-in base model, as nothing else is named.</summary>
    public static string ManifestOfBase(int epochs) => Manifest(epochs, "");

    private static string Manifest(int epochs, string size) => $$$"""
        { "task": "joint",{{{size}}} "training": { "epochs": {{{epochs}}}, "batchTokens": 512, "maxLength": 32, "joinedTexts": 0, "earlyStopping": null } }
        """;

    /// <summary>Sentences, each with its intent and the surfaces of its entities.</summary>
    public static IReadOnlyList<Sentence> Sentences(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Sentence(random))];
    }

    /// <summary>A way to order that <see cref="Sentences"/> has not, and that begins as questions for a price do: all of it, always in one order.</summary>
    public static IReadOnlyList<Sentence> Suggestions { get; } =
        [.. from thing in Things from colour in Colours select new Sentence("paint", [("how about a", null), (colour, "colour"), (thing, "thing")])];

    public static string Conll(IEnumerable<Sentence> sentences)
    {
        var lines = new StringBuilder();
        foreach (var sentence in sentences)
        {
            lines.Append($"# intent = {sentence.Intent}\n");
            foreach (var (words, label) in sentence.Parts)
            {
                var tag = "B";
                foreach (var word in words.Split(' '))
                {
                    lines.Append(label is null ? $"{word}\tO\n" : $"{word}\t{tag}-{label}\n");
                    tag = "I";
                }
            }

            lines.Append('\n');
        }

        return lines.ToString();
    }

    private static Sentence Sentence(Random random)
    {
        var (colour, thing) = (Colours[random.Next(Colours.Length)], Things[random.Next(Things.Length)]);
        return random.Next(4) switch
        {
            0 => new("paint", [("please paint the", null), (thing, "thing"), (colour, "colour")]),
            1 => new("paint", [("make my", null), (thing, "thing"), ("look", null), (colour, "colour")]),
            2 => new("price", [("how much is a", null), (colour, "colour"), (thing, "thing")]),
            _ => new("price", [("what do you ask for", null), (colour, "colour"), ("paint on a", null), (thing, "thing")]),
        };
    }
}

/// <summary>A sentence in parts; a part with a label is an entity.</summary>
public sealed record Sentence(string Intent, IReadOnlyList<(string Words, string? Label)> Parts)
{
    public string Text => string.Join(' ', Parts.Select(part => part.Words));

    /// <summary>Places of the entities in the text.</summary>
    public IEnumerable<(string Label, int Start, int End)> Places => Parts.Where(part => part.Label is not null)
        .Select(part => (part.Label!, Text.IndexOf(part.Words, StringComparison.Ordinal)))
        .Zip(Parts.Where(part => part.Label is not null), (place, part) => (place.Item1, place.Item2, place.Item2 + part.Words.Length));

    public IEnumerable<string> Entities => Parts.Where(part => part.Label is not null).Select(part => $"{part.Label}: {part.Words}");
}
