namespace Droptune.Core.Datasets.Findings;

/// <summary>
/// Finds e-mail addresses, telephone numbers and payment card numbers by their form; findings name their kind and number,
/// and everything that is shown of a dataset has them masked.
/// </summary>
internal static class PersonalData
{
    private static readonly System.Buffers.SearchValues<byte> Starts = System.Buffers.SearchValues.Create("@0123456789"u8);

    /// <summary>The next one at or after <paramref name="from"/>; false when there is none.</summary>
    public static bool Next(ReadOnlySpan<byte> text, int from, out FindingCode kind, out Range place)
    {
        for (var i = from; i < text.Length;)
        {
            var next = text[i..].IndexOfAny(Starts);
            if (next < 0)
            {
                break;
            }

            i += next;
            if (text[i] == '@')
            {
                if (IsEmail(text, i, from, out place))
                {
                    kind = FindingCode.PersonalEmail;
                    return true;
                }

                i++;
                continue;
            }

            var number = new DigitGroups(text, i);
            i = number.End;
            if (number.Kind is { } found)
            {
                (kind, place) = (found, number.Start..number.End);
                return true;
            }
        }

        (kind, place) = (default, default);
        return false;
    }

    /// <summary>The text with each one replaced by its kind.</summary>
    public static string Mask(ReadOnlySpan<byte> text)
    {
        var masked = new StringBuilder();
        var shown = 0;
        while (Next(text, shown, out var kind, out var place))
        {
            masked.Append(Encoding.UTF8.GetString(text[shown..place.Start])).Append(kind switch
            {
                FindingCode.PersonalEmail => "<e-mail>",
                FindingCode.PersonalPhone => "<phone>",
                _ => "<card>",
            });
            shown = place.End.Value;
        }

        return masked.Append(Encoding.UTF8.GetString(text[shown..])).ToString();
    }

    private static bool IsEmail(ReadOnlySpan<byte> text, int at, int from, out Range place)
    {
        var start = at;
        while (start > from && (char.IsAsciiLetterOrDigit((char)text[start - 1]) || text[start - 1] is (byte)'.' or (byte)'_' or (byte)'%' or (byte)'+' or (byte)'-'))
        {
            start--;
        }

        var end = at + 1;
        while (end < text.Length && (char.IsAsciiLetterOrDigit((char)text[end]) || text[end] is (byte)'.' or (byte)'-'))
        {
            end++;
        }

        // A sentence's full stop is not the domain's.
        while (text[end - 1] is (byte)'.' or (byte)'-')
        {
            end--;
        }

        place = start..end;
        var domain = end > at ? text[(at + 1)..end] : [];
        var dot = domain.LastIndexOf((byte)'.');
        return start < at && dot > 0 && domain.Length - dot > 2 && char.IsAsciiLetter((char)domain[^1]);
    }

    /// <summary>Digits from a place on, in groups that single separators divide.</summary>
    private readonly ref struct DigitGroups
    {
        public DigitGroups(ReadOnlySpan<byte> text, int first)
        {
            Span<byte> digits = stackalloc byte[20];
            Span<int> groups = stackalloc int[8];
            var (count, groupCount, i) = (0, 0, first);
            Start = first;
            End = first;
            while (i < text.Length && char.IsAsciiDigit((char)text[i]))
            {
                var groupStart = i;
                while (i < text.Length && char.IsAsciiDigit((char)text[i]))
                {
                    if (count < digits.Length)
                    {
                        digits[count] = (byte)(text[i] - '0');
                    }

                    count++;
                    i++;
                }

                if (groupCount < groups.Length)
                {
                    groups[groupCount] = i - groupStart;
                }

                groupCount++;
                End = i;

                // One separator, or ") " and " - " as they stand between groups.
                var separators = 0;
                while (i < text.Length && separators < 3 && text[i] is (byte)' ' or (byte)'-' or (byte)'.' or (byte)')' or (byte)'(' or (byte)'/')
                {
                    i++;
                    separators++;
                }
            }

            var before = first > 0 ? (char)text[first - 1] : ' ';
            var after = End < text.Length ? (char)text[End] : ' ';
            if (before is '(' && first > 1)
            {
                before = (char)text[first - 2] == '+' ? '+' : before;
            }

            if (char.IsAsciiLetter(before) || char.IsAsciiLetter(after) || before is '_' or '#' || count > 19 || groupCount > groups.Length)
            {
                return; // part of an identifier
            }

            Start = before is '+' or '(' ? first - 1 : first;
            Kind = IsCard(digits[..count], groups[..groupCount]) ? FindingCode.PersonalCard
                : IsPhone(digits[..count], groups[..groupCount], before == '+') ? FindingCode.PersonalPhone
                : null;
        }

        public int Start { get; }

        public int End { get; }

        public FindingCode? Kind { get; }

        /// <summary>ISO/IEC 7812: 13 to 19 digits of a payment network, the last one is Luhn's check digit.</summary>
        private static bool IsCard(ReadOnlySpan<byte> digits, ReadOnlySpan<int> groups)
        {
            if (digits.Length is < 13 or > 19 || digits[0] is < 2 or > 6 || !(groups is [_] or [4, 4, 4, ..] or [4, 6, _]))
            {
                return false;
            }

            var sum = 0;
            for (var i = 0; i < digits.Length; i++)
            {
                int digit = digits[^(i + 1)];
                sum += i % 2 == 0 ? digit : digit > 4 ? (digit * 2) - 9 : digit * 2;
            }

            return sum % 10 == 0;
        }

        /// <summary>International with +; a Chinese mobile number; 3-3-4 as in North America; groups that begin with a 0.</summary>
        private static bool IsPhone(ReadOnlySpan<byte> digits, ReadOnlySpan<int> groups, bool isInternational) =>
            (isInternational && digits.Length is >= 8 and <= 15)
            || (digits.Length == 11 && digits[0] == 1 && digits[1] >= 3 && groups is [11] or [3, 4, 4])
            || (groups is [3, 3, 4] or [1, 3, 3, 4] && (groups.Length == 3 || digits[0] == 1))
            || (digits.Length is >= 9 and <= 12 && digits[0] == 0 && digits[1] != 0 && groups.Length is >= 2 and <= 5);
    }
}
