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

/// <summary>Writes a run of at least two spaces, or a fixed text, in another way, which is no longer.</summary>
/// <param name="pattern">The fixed text; null = the run.</param>
/// <param name="by">What is written.</param>
internal sealed class ReplaceNormalizer(string? pattern, string by) : Normalizer
{
    public override PlacedText Apply(PlacedText text)
    {
        var builder = new PlacedTextBuilder(text.Text.Length);
        var copied = 0;
        while (Find(text.Text, copied) is var (start, end))
        {
            builder.Copy(text, copied, start);
            builder.Add(by, text.Place(end - 1, end));
            copied = end;
        }

        builder.Copy(text, copied, text.Text.Length);
        return copied == 0 ? text : builder.Build();
    }

    private (int Start, int End)? Find(ReadOnlySpan<char> text, int from)
    {
        var at = text[from..].IndexOf(pattern ?? "  ");
        if (at < 0)
        {
            return null;
        }

        var start = from + at;
        var spaces = text[start..].IndexOfAnyExcept(' ');
        return (start, pattern is not null ? start + pattern.Length : spaces < 0 ? text.Length : start + spaces);
    }
}
