using System.Text;
using Droptune.Core.Text.Unicode;

namespace Droptune.Core.Text;

/// <summary>The pieces of one unit; places count from the unit's start.</summary>
internal sealed record UnitPieces(int[] Ids, TextRange[] Places);

/// <summary>
/// Normalises a unit and cuts it into pieces of a vocabulary, each the longest that fits: WordPiece as in BERT
/// (Devlin et al. 2018). A unit that cannot be cut is one [UNK].
/// </summary>
internal sealed class WordPieces(Vocabulary vocabulary, TokenizerOptions options, int unknownId)
{
    private readonly bool _stripAccents = options.StripAccents ?? options.LowerCase;

    public UnitPieces Cut(ReadOnlySpan<char> unit)
    {
        var (text, places, codePoints) = Normalize(unit);
        if (codePoints <= options.LongestWord)
        {
            var ids = new List<int>();
            var found = new List<TextRange>();
            var start = 0;
            while (start < text.Length)
            {
                var length = LongestMatch(text.AsSpan(start), start > 0, out var id);
                if (length == 0)
                {
                    break;
                }

                ids.Add(id);
                found.Add(new(places[start].Start, places[start + length - 1].End));
                start += length;
            }

            if (start == text.Length)
            {
                return new([.. ids], [.. found]);
            }
        }

        return new([unknownId], [new(0, unit.Length)]);
    }

    private int LongestMatch(ReadOnlySpan<char> rest, bool continues, out int id)
    {
        for (var length = Math.Min(rest.Length, vocabulary.LongestPiece); length > 0; length--)
        {
            if (vocabulary.TryGetId(rest[..length], continues, out id))
            {
                return length;
            }
        }

        id = unknownId;
        return 0;
    }

    /// <summary>The unit as the vocabulary has it, and for each UTF-16 unit of that the place it comes from.</summary>
    private (string Text, List<TextRange> Places, int CodePoints) Normalize(ReadOnlySpan<char> unit)
    {
        var text = new StringBuilder(unit.Length);
        var places = new List<TextRange>(unit.Length);
        var parts = new List<int>(4);
        var count = 0;
        for (var i = 0; i < unit.Length;)
        {
            var code = CodePoints.At(unit, i, out var length);
            var place = new TextRange(i, i + length);
            i += length;

            // Inside a unit only what it drops is neither a letter nor the unit itself.
            if (UnicodeData.Has(code, UnicodeData.Property.Dropped) || code is >= 0xD800 and <= 0xDFFF)
            {
                continue;
            }

            parts.Clear();
            if (_stripAccents)
            {
                UnicodeData.Decompose(code, parts);
            }
            else
            {
                parts.Add(code);
            }

            foreach (var part in parts)
            {
                if (_stripAccents && UnicodeData.Has(part, UnicodeData.Property.Mark))
                {
                    continue;
                }

                CodePoints.Append(text, options.LowerCase ? Rune.ToLowerInvariant(new Rune(part)).Value : part);
                count++;
                if (options.LowerCase && part == 'İ')
                {
                    text.Append('\u0307'); // the only letter whose lower case is two: i and a dot above
                    count++;
                }
            }

            while (places.Count < text.Length)
            {
                places.Add(place);
            }
        }

        return (text.ToString(), places, count);
    }
}
