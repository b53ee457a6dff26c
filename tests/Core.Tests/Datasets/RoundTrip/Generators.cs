using CsCheck;

namespace Droptune.Core.Tests.Datasets.RoundTrip;

/// <summary>Random valid examples: English, Chinese, emoji and combining marks, and what formats have to quote.</summary>
internal static class Generators
{
    private static readonly Gen<string> Label = Gen.OneOf("city", "order number", "person", "退款", "B-side");

    private static readonly Gen<string> Word = Gen.OneOf(
        Gen.String[Gen.Char["abcdefghijklmnopqrstuvwxyzABCD0123456789"], 1, 8],
        Gen.OneOf("#", "北京市", "😀", "👩‍👩‍👧", "München", "\"", "\\", "it's", "a,b", "{", "[", "O", "=", "ça", "e\u0301te\u0301", "-", "𠀋"));

    /// <summary>Sentences of words with tags, all with a label or none.</summary>
    public static readonly Gen<IReadOnlyList<Example>> Words = Gen.Select(Gen.Bool, Gen.Select(Word.Array[1, 12], Gen.Int, Label)
        .Select((words, seed, label) => new Example { Tokens = words, Tags = Tags(words.Length, new Random(seed)), Label = label }).Array[1, 12])
        .Select((isJoint, examples) => (IReadOnlyList<Example>)[.. examples.Select(e => isJoint ? e : e with { Label = null })]);

    /// <summary>Texts with entities over whole words, all with a label or none.</summary>
    public static readonly Gen<IReadOnlyList<Example>> Spans = Gen.Select(Gen.Bool, Gen.Select(Word.Array[1, 12], Gen.Int, Label)
        .Select((words, seed, label) => Spanned(words, new Random(seed)) with { Label = label }).Array[1, 12])
        .Select((isJoint, examples) => (IReadOnlyList<Example>)[.. examples.Select(e => isJoint ? e : e with { Label = null })]);

    /// <summary>Texts with a label; white space at their edges and line breaks in them stay.</summary>
    public static readonly Gen<IReadOnlyList<Example>> Texts = Gen.Select(
        Gen.OneOf("", " ", "\n", "\t"), Word.Array[1, 12], Gen.OneOf(" ", "\n", "  ", ", ", "; \""), Label)
        .Select((edge, words, separator, label) => new Example { Text = edge + string.Join(separator, words) + edge, Label = label })
        .Array[1, 12].Select(examples => (IReadOnlyList<Example>)examples);

    /// <summary>Texts with some labels, or none.</summary>
    public static readonly Gen<IReadOnlyList<Example>> LabelLists = Gen.Select(Word.Array[1, 12], Label.Array[0, 4])
        .Select((words, labels) => new Example { Text = string.Join(' ', words), Labels = [.. labels.Distinct().Order(StringComparer.Ordinal)] })
        .Array[1, 12].Select(examples => (IReadOnlyList<Example>)examples);

    private static string[] Tags(int length, Random random)
    {
        var tags = new string[length];
        for (var i = 0; i < length; i++)
        {
            var previous = i == 0 ? "O" : tags[i - 1];
            tags[i] = random.Next(4) switch
            {
                0 => "B-city",
                1 => "B-order",
                2 when previous != "O" => "I" + previous[1..],
                _ => "O",
            };
        }

        return tags;
    }

    private static Example Spanned(string[] words, Random random)
    {
        var spans = new List<EntitySpan>();
        var position = 0;
        for (var i = 0; i < words.Length; i++)
        {
            var start = position;
            position += words[i].Length;
            if (random.Next(3) == 0)
            {
                while (i + 1 < words.Length && random.Next(2) == 0)
                {
                    position += 1 + words[++i].Length;
                }

                spans.Add(new EntitySpan(start, position, random.Next(2) == 0 ? "city" : "订单"));
            }

            position++;
        }

        return new Example { Text = string.Join(' ', words), Entities = spans };
    }
}
