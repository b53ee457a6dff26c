using Droptune.Core.Text.Unicode;

namespace Droptune.Core.Text.WordPiece;

/// <summary>Writes a unit as a vocabulary has it, as Hugging Face's BertNormalizer does: without accents, in lower case.</summary>
internal sealed class UnitNormalizer(TokenizerOptions options)
{
    private readonly bool _lowerCase = options.LowerCase;
    private readonly bool _stripAccents = options.StripAccents ?? options.LowerCase;

    /// <summary>The unit as the vocabulary has it, and for each UTF-16 unit of that the place it comes from.</summary>
    public (string Text, List<TextRange> Places, int CodePoints) Normalize(ReadOnlySpan<char> unit)
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

                CodePoints.Append(text, _lowerCase ? Rune.ToLowerInvariant(new Rune(part)).Value : part);
                count++;
                if (_lowerCase && part == 'İ')
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
