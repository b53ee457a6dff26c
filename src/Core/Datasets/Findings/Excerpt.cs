namespace Droptune.Core.Datasets.Findings;

/// <summary>Text of a dataset as a finding shows it: on one line, at most 120 characters, control characters visible, personal data masked.</summary>
internal static class Excerpt
{
    private const int MaxLength = 120;

    public static string Of(ReadOnlySpan<byte> utf8)
    {
        // Four bytes a character at most; a cut sequence at the end is beyond what is shown.
        var text = PersonalData.Mask(utf8[..Math.Min(utf8.Length, (MaxLength + 1) * 4)]);
        var shown = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (shown.Length >= MaxLength)
            {
                return shown.Append('…').ToString();
            }

            if (rune.Value < 0x20)
            {
                shown.Append((char)(0x2400 + rune.Value)); // control pictures: ␊ for a line feed
            }
            else if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            {
                shown.Append(CultureInfo.InvariantCulture, $"<U+{rune.Value:X4}>");
            }
            else
            {
                shown.Append(rune.ToString());
            }
        }

        return shown.ToString();
    }
}
