namespace Droptune.Core.Datasets.Reading.Conll;

/// <summary>CoNLL-2012's entities: <c>(PER*</c> begins one, <c>*)</c> ends it, <c>(PER)</c> or <c>(PER*)</c> is one of one word, <c>*</c> is inside or outside.</summary>
internal sealed class BracketTags
{
    private string? _open; // label of the entity that goes on

    /// <summary>Whether a column's values are all of this form, and one begins an entity.</summary>
    public static bool Are(IReadOnlyList<byte[]> values) =>
        values.Any(value => value is [(byte)'(', ..]) && values.All(value => value is [(byte)'*'] or [(byte)'*', (byte)')'] or [(byte)'(', _, .., (byte)'*' or (byte)')'] && !value.AsSpan(1).Contains((byte)'('));

    /// <summary>Begins a sentence.</summary>
    public void Start() => _open = null;

    /// <summary>A value as a tag of IOB2.</summary>
    public byte[] ToIob2(ReadOnlySpan<byte> value)
    {
        var (text, continues) = (Encoding.UTF8.GetString(value), _open is not null);
        _open = text.StartsWith('(') ? text.Trim('(', ')', '*') : _open;
        var tag = _open is null ? "O" : continues && !text.StartsWith('(') ? $"I-{_open}" : $"B-{_open}";
        _open = text.EndsWith(')') ? null : _open;
        return Encoding.UTF8.GetBytes(tag);
    }
}
