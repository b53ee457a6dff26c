using Droptune.Core.Text.Unicode;

namespace Droptune.Core.Text.Normalizing;

/// <summary>A part of a text, as it is or rewritten, that knows where each character comes from.</summary>
/// <param name="text">The characters.</param>
/// <param name="places">Where each comes from; empty = from <paramref name="start"/> on, one after the other.</param>
/// <param name="start">In the text.</param>
internal readonly ref struct PlacedText(ReadOnlySpan<char> text, ReadOnlySpan<TextRange> places, int start)
{
    private readonly ReadOnlySpan<TextRange> _places = places;
    private readonly int _start = start;

    public ReadOnlySpan<char> Text { get; } = text;

    /// <summary>Where the characters from one index to before another come from.</summary>
    public TextRange Place(int start, int end) =>
        _places.IsEmpty ? new(_start + start, _start + end) : new(_places[start].Start, _places[end - 1].End);

    public PlacedText Part(int start, int end) =>
        new(Text[start..end], _places.IsEmpty ? _places : _places[start..end], _start + start);
}

/// <summary>Rewrites a text from left to right, character by character, and keeps their places as Hugging Face's normalizers do.</summary>
internal sealed class PlacedTextBuilder(int capacity)
{
    private readonly StringBuilder _text = new(capacity);
    private readonly List<TextRange> _places = new(capacity);

    /// <summary>Adds characters that all come from one place.</summary>
    public void Add(ReadOnlySpan<char> text, TextRange place)
    {
        _text.Append(text);
        for (var i = 0; i < text.Length; i++)
        {
            _places.Add(place);
        }
    }

    /// <summary>Adds a part as it is.</summary>
    public void Copy(PlacedText text, int start, int end)
    {
        for (var i = start; i < end;)
        {
            CodePoints.At(text.Text[..end], i, out var length);
            Add(text.Text.Slice(i, length), text.Place(i, i + length));
            i += length;
        }
    }

    /// <summary>
    /// Adds <paramref name="by"/> in the place of a part: each character comes from the one it stands for, and those that are more than
    /// there were from the last of them.
    /// </summary>
    public void Replace(PlacedText text, int start, int end, ReadOnlySpan<char> by)
    {
        CodePoints.At(text.Text[..end], start, out var width);
        for (var i = 0; i < by.Length;)
        {
            CodePoints.At(by, i, out var length);
            Add(by.Slice(i, length), text.Place(start, start + width));
            i += length;
            if (start + width < end)
            {
                start += width;
                CodePoints.At(text.Text[..end], start, out width);
            }
        }
    }

    public PlacedText Build() => new(_text.ToString(), _places.ToArray(), 0);
}
