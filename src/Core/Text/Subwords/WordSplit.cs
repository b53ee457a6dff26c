using Droptune.Core.Text.Normalizing;
using Droptune.Core.Text.Unicode;

namespace Droptune.Core.Text.Subwords;

/// <summary>Cuts a normalised text into words, each of which is cut into pieces by itself: a pre-tokenizer of a <c>tokenizer.json</c>.</summary>
internal abstract record WordSplit
{
    /// <summary>How pieces write a space.</summary>
    public abstract char Space { get; }

    /// <summary>The text with what marks its words.</summary>
    /// <param name="text">A part of the caller's text.</param>
    /// <param name="isFirst">Whether that begins with it.</param>
    public abstract PlacedText Mark(PlacedText text, bool isFirst);

    /// <summary>The end of the word that starts at an index of a marked text.</summary>
    public abstract int EndOfWord(ReadOnlySpan<char> text, int start);

    /// <summary>The text behind a mark, which comes from where its first character does.</summary>
    protected static PlacedText Prefixed(PlacedText text, char mark)
    {
        var builder = new PlacedTextBuilder(text.Text.Length + 1);
        CodePoints.At(text.Text, 0, out var width);
        builder.Add([mark], text.Place(0, width));
        builder.Copy(text, 0, text.Text.Length);
        return builder.Build();
    }
}

/// <summary>
/// As GPT-2 does: runs of letters, of numbers and of other characters, each with the space before it, the English contractions, and
/// white space.
/// </summary>
internal sealed record ByteLevelSplit(bool PrefixSpace, bool CutsWords) : WordSplit
{
    public override char Space => ByteAlphabet.Space;

    private static readonly string[] Contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    private enum Kind
    {
        Space,
        Letter,
        Number,
        Other,
    }

    public override PlacedText Mark(PlacedText text, bool isFirst) =>
        PrefixSpace && text.Text is [not ' ', ..] ? Prefixed(text, ' ') : text;

    public override int EndOfWord(ReadOnlySpan<char> text, int start)
    {
        if (!CutsWords)
        {
            return text.Length;
        }

        if (text[start] == '\'')
        {
            foreach (var contraction in Contractions)
            {
                if (text[start..].StartsWith(contraction, StringComparison.Ordinal))
                {
                    return start + contraction.Length;
                }
            }
        }

        var first = text[start] == ' ' && start + 1 < text.Length ? start + 1 : start;
        var kind = KindAt(text, first, out _);
        if (kind != Kind.Space)
        {
            return EndOfRun(text, first, kind);
        }

        // The last of several stays for the word behind them.
        var end = EndOfRun(text, start, Kind.Space);
        return end < text.Length && end - start > 1 ? end - 1 : end;
    }

    private static int EndOfRun(ReadOnlySpan<char> text, int index, Kind kind)
    {
        while (index < text.Length && KindAt(text, index, out var length) == kind)
        {
            index += length;
        }

        return index;
    }

    private static Kind KindAt(ReadOnlySpan<char> text, int index, out int length)
    {
        var code = CodePoints.At(text, index, out length);
        return code is >= 0xD800 and <= 0xDFFF ? Kind.Other
            : Rune.IsLetter(new Rune(code)) ? Kind.Letter
            : Rune.IsNumber(new Rune(code)) ? Kind.Number
            : Rune.IsWhiteSpace(new Rune(code)) ? Kind.Space
            : Kind.Other;
    }
}

/// <summary>As SentencePiece does: each word begins with the mark ▁ that stands for the space before it.</summary>
/// <param name="CutsAtWhiteSpace">Whether all white space separates words; else single spaces do, and each is a mark.</param>
/// <param name="Prefix">Whether the first word has a mark, too.</param>
/// <param name="CutsWords">Whether words are cut by themselves.</param>
internal sealed record MetaspaceSplit(bool CutsAtWhiteSpace, MetaspacePrefix Prefix, bool CutsWords) : WordSplit
{
    public const char SpaceMark = '▁';

    public override char Space => SpaceMark;

    public override PlacedText Mark(PlacedText text, bool isFirst)
    {
        var builder = new PlacedTextBuilder(text.Text.Length + 8);
        var (beginsWord, marksWord) = (true, Prefix == MetaspacePrefix.Always || (Prefix == MetaspacePrefix.First && isFirst));
        for (var i = 0; i < text.Text.Length;)
        {
            CodePoints.At(text.Text, i, out var length);
            var place = text.Place(i, i + length);
            var isSpace = CutsAtWhiteSpace ? char.IsWhiteSpace(text.Text[i]) : text.Text[i] == ' ';
            if (isSpace && CutsAtWhiteSpace)
            {
                (beginsWord, marksWord) = (true, Prefix == MetaspacePrefix.Always);
                i += length;
                continue;
            }

            if (beginsWord && marksWord && !isSpace && text.Text[i] != Space)
            {
                builder.Add([Space], place);
            }

            builder.Add(isSpace ? [Space] : text.Text.Slice(i, length), place);
            beginsWord = false;
            i += length;
        }

        return builder.Build();
    }

    public override int EndOfWord(ReadOnlySpan<char> text, int start)
    {
        var next = CutsWords ? text[(start + 1)..].IndexOf(Space) : -1;
        return next < 0 ? text.Length : start + 1 + next;
    }
}

/// <summary>Where <see cref="MetaspaceSplit"/> puts a mark before a word that has no space before it.</summary>
internal enum MetaspacePrefix
{
    Always,
    First,
    Never,
}
