using Droptune.Core.Text.Pieces;

namespace Droptune.Core.Text.Subwords;

/// <summary>
/// Finds the units among pieces that know nothing of them: those of <see cref="PreTokenizer"/>, as for WordPiece, except that what one
/// piece covers is one. A space that is a piece by itself begins the unit behind it, as it does where the unit is a word given alone; other
/// pieces of nothing but white space belong to the unit before them.
/// </summary>
/// <param name="small">Units smaller than words; null = words.</param>
/// <param name="spaceId">The piece that is a space.</param>
internal sealed class SubwordUnits(SmallUnits? small, int? spaceId)
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

            var reached = hasNext && id == spaceId && place.End == next.Start ? next.Start + 1 : place.End;
            var first = hasNext && next.Start < reached ? next : default;
            if (first.Length > 0)
            {
                for (; hasNext && next.Start < reached; hasNext = _preTokenizer.Next(text, ref position, out next))
                {
                    lastEnd = next.End;
                }
            }

            var isDivided = small is not null && (first.Length > 0 ? small.ArePieces(text, first.Start) : unitEnd < lastEnd);
            var end = isDivided ? Math.Min(reached, lastEnd) : lastEnd;
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
