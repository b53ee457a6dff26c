namespace Droptune.Core.Labels;

/// <summary>IOB2 tags: B-X starts an entity X, I-X continues it, O is outside. The label may itself hold a hyphen.</summary>
public static class Iob2
{
    public const string Outside = "O";
    public const string Begin = "B-";
    public const string Inside = "I-";

    /// <summary>The entity label of a tag that is not O.</summary>
    public static string Label(string tag) => tag[Begin.Length..];

    public static bool Begins(string tag) => tag.StartsWith(Begin, StringComparison.Ordinal);

    public static bool Continues(string tag) => tag.StartsWith(Inside, StringComparison.Ordinal);

    /// <summary>The tag of what follows inside the same word: I-X for B-X and I-X, O for O.</summary>
    public static string Continuation(string tag) => Begins(tag) ? Inside + Label(tag) : tag;

    /// <summary>True if <paramref name="tag"/> continues the entity that <paramref name="previous"/> belongs to.</summary>
    public static bool Joins(string previous, string tag) =>
        Continues(tag) && previous.Length == tag.Length && previous.AsSpan(1).SequenceEqual(tag.AsSpan(1));

    /// <summary>Makes an I-X that continues nothing a B-X.</summary>
    public static void Repair(string[] tags)
    {
        for (var i = 0; i < tags.Length; i++)
        {
            if (Continues(tags[i]) && !(i > 0 && Joins(tags[i - 1], tags[i])))
            {
                tags[i] = Begin + Label(tags[i]);
            }
        }
    }

    /// <summary>Entities of a tag sequence: first and one-past-last index, and label. An I-X that continues nothing starts one.</summary>
    public static IEnumerable<(int Start, int End, string Label)> Entities(IReadOnlyList<string> tags)
    {
        for (var start = 0; start < tags.Count;)
        {
            var end = start + 1;
            if (tags[start] != Outside)
            {
                while (end < tags.Count && Joins(tags[end - 1], tags[end]))
                {
                    end++;
                }

                yield return (start, end, Label(tags[start]));
            }

            start = end;
        }
    }
}
