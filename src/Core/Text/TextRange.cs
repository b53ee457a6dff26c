namespace Droptune.Core.Text;

/// <summary>A part of a text: UTF-16 code units, <paramref name="End"/> exclusive.</summary>
public readonly record struct TextRange(int Start, int End)
{
    public int Length => End - Start;
}
