using Droptune.Core.Text.Unicode;

namespace Droptune.Core.Text.Normalizing;

/// <summary>Rewrites a text as a vocabulary has it: a normalizer of a <c>tokenizer.json</c>.</summary>
internal abstract class Normalizer
{
    public abstract PlacedText Apply(PlacedText text);
}

/// <summary>Some, one after the other.</summary>
internal sealed class NormalizerSequence(IReadOnlyList<Normalizer> parts) : Normalizer
{
    public override PlacedText Apply(PlacedText text)
    {
        foreach (var part in parts)
        {
            text = part.Apply(text);
        }

        return text;
    }
}

/// <summary>Unicode's form C, see <see cref="Nfc"/>.</summary>
internal sealed class NfcNormalizer : Normalizer
{
    public override PlacedText Apply(PlacedText text)
    {
        if (!text.Text.ContainsAnyInRange('\u0300', char.MaxValue))
        {
            return text; // nothing below changes
        }

        var whole = text.Text.ToString();
        if (Nfc.IsNormalized(whole))
        {
            return text;
        }

        // What may change, with the character before it that it may join.
        var builder = new PlacedTextBuilder(whole.Length);
        for (int start = 0, end; start < whole.Length; start = end)
        {
            end = start + Length(start);
            while (end < whole.Length && Nfc.MayChange(whole, end))
            {
                end += Length(end);
            }

            // What joins the first is gone from behind it; the others stay what they are.
            var (composed, rest) = (Nfc.Normalize(whole[start..end]), start + Length(start));
            CodePoints.At(composed, 0, out var first);
            for (var lost = Count(whole[start..end]) - Count(composed); lost > 0; lost--)
            {
                rest += Length(rest);
            }

            builder.Replace(text, start, rest, composed.AsSpan(0, first));
            builder.Replace(text, Math.Min(rest, end - 1), end, composed.AsSpan(first));
        }

        return builder.Build();

        int Length(int index) => char.IsSurrogatePair(whole, index) ? 2 : 1;

        static int Count(string part) => new CodePoints(part).FromUtf16(part.Length);
    }
}

/// <summary>Takes white space away from the ends.</summary>
internal sealed class StripNormalizer(bool left, bool right) : Normalizer
{
    public override PlacedText Apply(PlacedText text)
    {
        var (start, end) = (0, text.Text.Length);
        while (left && start < end && char.IsWhiteSpace(text.Text[start]))
        {
            start++;
        }

        while (right && end > start && char.IsWhiteSpace(text.Text[end - 1]))
        {
            end--;
        }

        return text.Part(start, end);
    }
}

/// <summary>Where in a text the first part is that is to be written in another way; null = nowhere.</summary>
internal delegate (int Start, int End)? Finder(ReadOnlySpan<char> text);

/// <summary>Writes what is found in another way, which is no longer.</summary>
internal sealed class ReplaceNormalizer(Finder find, string by) : Normalizer
{
    public static Finder Fixed(string pattern) => text => text.IndexOf(pattern) is var at and >= 0 ? (at, at + pattern.Length) : null;

    /// <summary>Runs of at least two spaces.</summary>
    public static (int Start, int End)? Spaces(ReadOnlySpan<char> text)
    {
        var start = text.IndexOf("  ");
        var length = start < 0 ? -1 : text[start..].IndexOfAnyExcept(' ');
        return start < 0 ? null : (start, length < 0 ? text.Length : start + length);
    }

    /// <summary>Runs of at least two characters of white space, and single ones that end a line or are tabs.</summary>
    public static (int Start, int End)? WhiteSpace(ReadOnlySpan<char> text)
    {
        for (var start = 0; start < text.Length; start++)
        {
            var length = text.Length - start - text[start..].TrimStart().Length;
            if (length > 1 || text[start] is '\n' or '\r' or '\t')
            {
                return (start, start + length);
            }
        }

        return null;
    }

    public override PlacedText Apply(PlacedText text)
    {
        var builder = new PlacedTextBuilder(text.Text.Length);
        var copied = 0;
        while (find(text.Text[copied..]) is { } found)
        {
            var (start, end) = (copied + found.Start, copied + found.End);
            builder.Copy(text, copied, start);
            builder.Add(by, text.Place(end - 1, end));
            copied = end;
        }

        builder.Copy(text, copied, text.Text.Length);
        return copied == 0 ? text : builder.Build();
    }
}
