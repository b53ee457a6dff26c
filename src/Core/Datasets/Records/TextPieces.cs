using Droptune.Core.Text;

namespace Droptune.Core.Datasets.Records;

/// <summary>A text that its file gives in pieces, some of which are entities; reused from record to record.</summary>
internal sealed class TextPieces
{
    private readonly StringBuilder _text = new();
    private readonly List<(int Start, string Surface, string Label)> _entities = [];

    public void Clear()
    {
        _text.Clear();
        _entities.Clear();
    }

    public void Add(ReadOnlySpan<char> text) => _text.Append(text);

    public void Add(string surface, string label)
    {
        _entities.Add((_text.Length, surface, label));
        _text.Append(surface);
    }

    /// <summary>Gives the record the text, without white space around it, and its entities.</summary>
    public void MoveTo(Record record)
    {
        var text = _text.ToString();
        var shift = text.Length - text.TrimStart().Length;
        record.Text.Add(text.Trim());
        (record.HasSpans, record.SpanUnit, record.SpanEnd) = (true, StringIndexType.Utf16CodeUnit, SpanEnd.Exclusive);
        foreach (var (start, surface, label) in _entities)
        {
            record.AddSpan(label, Math.Max(start - shift, 0), start + surface.TrimEnd().Length - shift);
        }

        Clear();
    }
}
