using Droptune.Core.Text.Pieces;

namespace Droptune.Core.Text.WordPiece;

/// <summary>
/// Normalises a unit and cuts it into pieces of a vocabulary, each the longest that fits: WordPiece as in BERT
/// (Devlin et al. 2018). A unit that cannot be cut is one [UNK].
/// </summary>
internal sealed class WordPieces(Vocabulary vocabulary, TokenizerOptions options, int unknownId) : PieceCutter
{
    private readonly UnitNormalizer _normalizer = new(options);

    public override UnitPieces Cut(ReadOnlySpan<char> unit)
    {
        var (text, places, codePoints) = _normalizer.Normalize(unit);
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

    /// <summary>Cuts a unit of any length whose pieces are units: a character that cannot be cut is one [UNK].</summary>
    public UnitPieces CutAll(ReadOnlySpan<char> unit)
    {
        var (text, places, _) = _normalizer.Normalize(unit);
        var (ids, found) = (new List<int>(), new List<TextRange>());
        for (var start = 0; start < text.Length;)
        {
            var length = LongestMatch(text.AsSpan(start), start > 0, out var id);
            length = length > 0 ? length : char.IsSurrogate(text[start]) ? 2 : 1;
            ids.Add(id);
            found.Add(new(places[start].Start, places[start + length - 1].End));
            start += length;
        }

        return new([.. ids], [.. found]);
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
}
