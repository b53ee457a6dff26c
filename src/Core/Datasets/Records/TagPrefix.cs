namespace Droptune.Core.Datasets.Records;

/// <summary>What a tag says of its word's place in an entity, in any scheme.</summary>
internal enum TagPrefix
{
    None,
    Outside,
    Begin,
    Inside,
    Middle, // of BMES: Inside by another name
    End,
    Single,
}

/// <summary>The letters of all schemes.</summary>
internal static class TagPrefixes
{
    /// <summary>The prefix of a tag that is "O", or a letter, a hyphen and a label.</summary>
    public static TagPrefix Of(ReadOnlySpan<byte> tag) => tag switch
    {
        [(byte)'O'] => TagPrefix.Outside,
        [(byte)'B', (byte)'-', _, ..] => TagPrefix.Begin,
        [(byte)'I', (byte)'-', _, ..] => TagPrefix.Inside,
        [(byte)'M', (byte)'-', _, ..] => TagPrefix.Middle,
        [(byte)'E' or (byte)'L', (byte)'-', _, ..] => TagPrefix.End,
        [(byte)'S' or (byte)'U', (byte)'-', _, ..] => TagPrefix.Single,
        _ => TagPrefix.None,
    };
}
