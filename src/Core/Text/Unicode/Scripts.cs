namespace Droptune.Core.Text.Unicode;

/// <summary>The scripts beside a place of a text.</summary>
internal static class Scripts
{
    /// <summary>Of the character at an index; at the end, none of its own.</summary>
    public static Script At(ReadOnlySpan<char> text, int index) =>
        index < text.Length ? UnicodeData.ScriptOf(CodePoints.At(text, index, out _)) : Script.Inherited;

    /// <summary>Of the last character before an index that is of one.</summary>
    public static Script Before(ReadOnlySpan<char> text, int index)
    {
        var script = Script.Inherited;
        while (index > 0 && script == Script.Inherited)
        {
            index -= index > 1 && char.IsSurrogatePair(text[index - 2], text[index - 1]) ? 2 : 1;
            script = At(text, index);
        }

        return script;
    }
}
