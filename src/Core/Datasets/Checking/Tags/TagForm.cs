namespace Droptune.Core.Datasets.Checking.Tags;

/// <summary>How the tags of a dataset are written.</summary>
internal sealed record TagForm(TagScheme Scheme, TagSpelling Spelling)
{
    public static readonly TagForm Usual = new(TagScheme.IOB2, TagSpelling.Usual);
}

/// <summary>How a tag's prefix and label are joined.</summary>
internal enum TagSpelling
{
    /// <summary>B-LABEL.</summary>
    Usual,

    /// <summary>B_LABEL.</summary>
    Underscore,

    /// <summary>LABEL-B.</summary>
    Suffix,

    /// <summary>LABEL_B.</summary>
    UnderscoreSuffix,
}

internal static class TagSpellings
{
    /// <summary>The tag as B-LABEL; as it is where it is spelt otherwise.</summary>
    public static byte[] ToUsual(this TagSpelling spelling, ReadOnlySpan<byte> tag)
    {
        if (spelling == TagSpelling.Usual || (tag.Length == 1 && tag[0] == 'O'))
        {
            return tag.ToArray();
        }

        return spelling switch
        {
            TagSpelling.Underscore when tag is [var letter, (byte)'_', _, ..] => [letter, (byte)'-', .. tag[2..]],
            TagSpelling.Suffix when tag is [_, .., (byte)'-', var letter] => [letter, (byte)'-', .. tag[..^2]],
            TagSpelling.UnderscoreSuffix when tag is [_, .., (byte)'_', var letter] => [letter, (byte)'-', .. tag[..^2]],
            _ => [], // no tag of this spelling
        };
    }
}
