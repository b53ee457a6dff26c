namespace Droptune.Core.Metrics;

/// <summary>An entity of a sentence: in tags or in UTF-16 units, <paramref name="End"/> exclusive.</summary>
public readonly record struct Entity(int Start, int End, string Label);

/// <summary>Reads entities from tags as seqeval does, which follows conlleval.</summary>
public static class EntityReader
{
    private readonly record struct Tag(char Prefix, string Label);

    private static readonly Tag Outside = new('O', "_");

    /// <summary>All entities, malformed ones too: a new one begins at B and S, behind E, S and O, and where the label changes.</summary>
    public static IEnumerable<Entity> Read(IReadOnlyList<string> tags)
    {
        var (previous, start) = (Outside, 0);
        for (var i = 0; i <= tags.Count; i++)
        {
            var tag = i < tags.Count ? Parse(tags[i]) : Outside;
            var changes = previous.Label != tag.Label;
            var ends = previous.Prefix is 'E' or 'S' || (previous.Prefix is 'B' or 'I' && tag.Prefix is 'B' or 'S' or 'O')
                || (previous.Prefix is not ('O' or '.') && changes);
            var starts = tag.Prefix is 'B' or 'S' || (previous.Prefix is 'E' or 'S' or 'O' && tag.Prefix is 'E' or 'I')
                || (tag.Prefix is not ('O' or '.') && changes);
            if (ends)
            {
                yield return new(start, i, previous.Label);
            }

            start = starts ? i : start;
            previous = tag;
        }
    }

    // "B-order-id" is an order-id; a tag without a label has the label "_".
    private static Tag Parse(string text)
    {
        var label = text.AsSpan(1);
        label = label.StartsWith("-", StringComparison.Ordinal) ? label[1..] : label;

        return new(text[0], label.IsEmpty ? Outside.Label : label.ToString());
    }
}
