using Droptune.Core.Text.Pieces;

namespace Droptune.Core.Text.Subwords;

/// <summary>
/// Finds the units among pieces that know nothing of them: those of <see cref="PreTokenizer"/>, as for WordPiece, except that what one
/// piece covers is one. A piece of nothing but white space belongs to the unit before it.
/// </summary>
internal sealed class SubwordUnits(SmallUnits? small)
{
    private readonly PreTokenizer _preTokenizer = new(stripAccents: false, chineseCharacters: true, small);

    /// <summary>Adds the pieces of a text, or of one word.</summary>
    public void Add(ReadOnlySpan<char> text, int word, IReadOnlyList<(int Id, TextRange Place)> pieces, TokenizedTextBuilder builder)
    {
        var position = 0;
        var hasNext = _preTokenizer.Next(text, ref position, out var next);
        var (unitEnd, lastEnd) = (-1, -1); // of the unit that pieces are added to, and of what can be divided behind it
        foreach (var (id, place) in pieces)
        {
            while (hasNext && next.End <= place.Start)
            {
                hasNext = _preTokenizer.Next(text, ref position, out next); // no piece came of it
            }

            var first = hasNext && next.Start < place.End ? next : default;
            if (first.Length > 0)
            {
                for (; hasNext && next.Start < place.End; hasNext = _preTokenizer.Next(text, ref position, out next))
                {
                    lastEnd = next.End;
                }
            }

            var isDivided = small is not null && (first.Length > 0 ? small.ArePieces(text, first.Start) : unitEnd < lastEnd);
            var end = isDivided ? Math.Min(place.End, lastEnd) : lastEnd;
            if (place.Start < unitEnd)
            {
                builder.Extend(end);
                unitEnd = Math.Max(unitEnd, end);
            }
            else if (first.Length > 0 || (isDivided && place.Start < lastEnd))
            {
                builder.Unit(new(first.Length > 0 ? Math.Max(first.Start, isDivided ? place.Start : 0) : place.Start, end), word);
                unitEnd = end;
            }

            builder.Piece(id, place);
        }
    }
}
