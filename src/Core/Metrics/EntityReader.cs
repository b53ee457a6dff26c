namespace Droptune.Core.Metrics;

/// <summary>An entity of a sentence: in tags or in UTF-16 units, <paramref name="End"/> exclusive.</summary>
public readonly record struct Entity(int Start, int End, string Label);

/// <summary>How tags write entities, for strict scores.</summary>
public enum EntityScheme
{
    /// <summary>B begins, I continues.</summary>
    IOB2,

    /// <summary>I begins and continues; B begins only right behind an entity of the same label.</summary>
    IOB1,

    /// <summary>B begins, I continues, E ends; S stands alone.</summary>
    IOBES,

    /// <summary>As IOBES, with L for E and U for S.</summary>
    BILOU,
}

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

    /// <summary>Only entities that are written as the scheme says.</summary>
    public static IEnumerable<Entity> ReadStrict(IReadOnlyList<string> tags, EntityScheme scheme)
    {
        var parsed = tags.Select(tag => ParseStrict(tag, scheme)).Append(Outside).ToArray();
        var previous = Outside;
        for (var i = 0; i < parsed.Length;)
        {
            var start = i++;
            if (Begins(scheme, previous, parsed[start]))
            {
                while (Continues(scheme, parsed[i - 1], parsed[i]))
                {
                    i++;
                }

                if (Ends(scheme, parsed[i - 1], parsed[i]))
                {
                    yield return new(start, i, parsed[start].Label);
                }
            }

            previous = parsed[i - 1];
        }
    }

    private static bool Begins(EntityScheme scheme, Tag previous, Tag tag) => scheme == EntityScheme.IOB1
        ? (tag.Prefix == 'I' && (previous.Prefix is 'O' or 'B' || previous.Label != tag.Label))
            || (tag.Prefix == 'B' && previous.Prefix is 'I' or 'B' && previous.Label == tag.Label)
        : tag.Prefix is 'B' or 'S';

    private static bool Continues(EntityScheme scheme, Tag previous, Tag tag) =>
        previous.Prefix is 'B' or 'I' && tag.Prefix is 'I' or 'E' && previous.Label == tag.Label;

    private static bool Ends(EntityScheme scheme, Tag last, Tag next) => scheme switch
    {
        EntityScheme.IOB2 => true,
        EntityScheme.IOB1 => last.Prefix == 'I' || next.Prefix != 'B' || last.Label == next.Label,
        _ => last.Prefix is 'E' or 'S',
    };

    private static Tag ParseStrict(string text, EntityScheme scheme)
    {
        var tag = Parse(text);
        var allowed = scheme switch { EntityScheme.IOBES => "IOBES", EntityScheme.BILOU => "BILOU", _ => "IOB" };
        if (!allowed.Contains(tag.Prefix, StringComparison.Ordinal))
        {
            throw new ArgumentException($"The tag \"{text}\" is not one of {scheme}.", nameof(text));
        }

        return tag with { Prefix = tag.Prefix switch { 'L' => 'E', 'U' => 'S', var same => same } };
    }

    // "B-order-id" is an order-id; a tag without a label has the label "_".
    private static Tag Parse(string text)
    {
        var label = text.AsSpan(1);
        label = label.StartsWith("-", StringComparison.Ordinal) ? label[1..] : label;

        return new(text[0], label.IsEmpty ? Outside.Label : label.ToString());
    }
}
