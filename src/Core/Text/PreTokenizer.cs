using System.Collections.Concurrent;
using Droptune.Core.Text.Unicode;

namespace Droptune.Core.Text;

/// <summary>
/// Finds the units of a text as Hugging Face's BertNormalizer and BertPreTokenizer do together: white space separates,
/// punctuation and CJK characters stand alone, control characters (and accents, where they are stripped) count as absent. Where
/// labels need them, units are smaller.
/// </summary>
public sealed class PreTokenizer
{
    private static readonly ConcurrentDictionary<(bool StripAccents, bool ChineseCharacters), Kind[]> Tables = []; // there are four

    // The kind of every UTF-16 code unit; those of surrogates are found pair by pair.
    private readonly Kind[] _kinds;
    private readonly bool _stripAccents;
    private readonly bool _chineseCharacters;
    private readonly SmallUnits? _small;

    public PreTokenizer(bool stripAccents, bool chineseCharacters, SmallUnits? small = null)
    {
        (_stripAccents, _chineseCharacters, _small) = (stripAccents, chineseCharacters, small);
        _kinds = Tables.GetOrAdd((stripAccents, chineseCharacters), _ => [.. Enumerable.Range(0, char.MaxValue + 1).Select(KindOf)]);
    }

    private enum Kind : byte
    {
        Word,
        Space,
        Alone,
        Dropped,
    }

    /// <summary>The next unit from <paramref name="position"/> on, which moves behind it; false at the end.</summary>
    internal bool Next(ReadOnlySpan<char> text, ref int position, out TextRange unit)
    {
        var (start, end, script) = (-1, 0, Script.Inherited);
        for (var i = position; i < text.Length;)
        {
            var kind = KindAt(text, i, out var length);
            if (kind == Kind.Word)
            {
                if (_small is not null)
                {
                    var next = UnicodeData.ScriptOf(CodePoints.At(text, i, out _));
                    if (start >= 0 && _small.IsBorder(script, next))
                    {
                        position = i;
                        unit = new(start, end);
                        return true;
                    }

                    script = next == Script.Inherited ? script : next;
                }

                start = start < 0 ? i : start;
                end = i + length;
            }
            else if (kind != Kind.Dropped)
            {
                if (start >= 0)
                {
                    position = i;
                    unit = new(start, end);
                    return true;
                }

                if (kind == Kind.Alone)
                {
                    position = i + length;
                    unit = new(i, position);
                    return true;
                }
            }

            i += length;
        }

        position = text.Length;
        unit = new(start, end);
        return start >= 0;
    }

    /// <summary>Whether no unit reaches from before <paramref name="index"/> to behind it.</summary>
    internal bool IsBorder(ReadOnlySpan<char> text, int index)
    {
        if (index > 0 && index < text.Length && char.IsSurrogatePair(text[index - 1], text[index]))
        {
            return false;
        }

        var next = index;
        var kind = Kind.Dropped;
        for (int length; next < text.Length && (kind = KindAt(text, next, out length)) == Kind.Dropped; next += length)
        {
        }

        if (next == text.Length || kind != Kind.Word)
        {
            return true;
        }

        var script = Script.Inherited;
        var isInWord = false;
        for (var before = index; before > 0 && script == Script.Inherited;)
        {
            before -= before > 1 && char.IsSurrogatePair(text[before - 2], text[before - 1]) ? 2 : 1;
            kind = KindAt(text, before, out _);
            if (kind is Kind.Space or Kind.Alone)
            {
                break;
            }

            if (kind == Kind.Word)
            {
                isInWord = true;
                script = UnicodeData.ScriptOf(CodePoints.At(text, before, out _));
            }
        }

        return !isInWord || (_small?.IsBorder(script, UnicodeData.ScriptOf(CodePoints.At(text, next, out _))) ?? false);
    }

    private Kind KindAt(ReadOnlySpan<char> text, int index, out int length)
    {
        length = 1;
        return char.IsSurrogate(text[index]) ? KindOf(CodePoints.At(text, index, out length)) : _kinds[text[index]];
    }

    private Kind KindOf(int code)
    {
        if (UnicodeData.Has(code, UnicodeData.Property.Dropped) || code is >= 0xD800 and <= 0xDFFF)
        {
            return Kind.Dropped; // a lone surrogate would be U+FFFD in UTF-8, and that is dropped
        }

        if (Rune.IsWhiteSpace(new Rune(code)))
        {
            return Kind.Space;
        }

        if (_chineseCharacters && IsChinese(code))
        {
            return Kind.Alone;
        }

        if (!_stripAccents)
        {
            return UnicodeData.Has(code, UnicodeData.Property.Punctuation) ? Kind.Alone : Kind.Word;
        }

        // What is left of it without accents decides: "≠" is "=".
        var decomposed = new List<int>(4);
        UnicodeData.Decompose(code, decomposed);
        decomposed.RemoveAll(part => UnicodeData.Has(part, UnicodeData.Property.Mark));

        return decomposed.Count == 0 ? Kind.Dropped
            : UnicodeData.Has(decomposed[0], UnicodeData.Property.Punctuation) ? Kind.Alone
            : Kind.Word;
    }

    // The ranges of BERT's own code; 2B820 to 2B91F are left out there too.
    private static bool IsChinese(int code) => code is
        (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2B73F)
        or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);
}
