using System.Buffers;
using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Records;
using Droptune.Core.Text.Unicode;

namespace Droptune.Core.Datasets.Checking.Texts;

/// <summary>Looks for what does not belong into a text: control and lost characters, decomposed letters, personal data.</summary>
internal sealed class TextChecker(FindingLog log)
{
    // Tab and line ends are white space like any other.
    private static readonly SearchValues<byte> Controls = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Except([9, 10, 13]).Select(b => (byte)b), 0x7f]);

    private static readonly SearchValues<byte> PersonalStarts = SearchValues.Create("@0123456789"u8);

    public void Check(Record record, CheckedExample example)
    {
        var text = example.Text.Span;
        if (text.ContainsAny(Controls))
        {
            ReportControl(record, text);
        }

        if (text.ContainsAny(PersonalStarts))
        {
            CheckPersonal(record, text);
        }

        if (example.IsAscii)
        {
            return;
        }

        // C1 controls are C2 80 to C2 9F.
        for (var i = text.IndexOf((byte)0xC2); i >= 0 && i + 1 < text.Length;)
        {
            if (text[i + 1] < 0xA0)
            {
                ReportControl(record, text);
                break;
            }

            var next = text[(i + 1)..].IndexOf((byte)0xC2);
            i = next < 0 ? -1 : i + 1 + next;
        }

        if (text.IndexOf("\uFFFD"u8) is >= 0 and var lost)
        {
            log.Add(FindingCode.ReplacementCharacter, record, Around(text, lost), $"U+FFFD stands where a letter was.");
        }

        // Combining marks U+0300 to U+036F begin with CC or CD.
        if (text.IndexOfAny((byte)0xCC, (byte)0xCD) is >= 0 and var mark && !Nfc.IsNormalized(Encoding.UTF8.GetString(text)))
        {
            log.Add(FindingCode.MixedNormalisation, record, Around(text, mark), $"Letters are written in parts, a base letter and its mark: not in NFC.");
        }
    }

    /// <summary>Whether nothing of a token can be seen: the tokenizer gives it no piece.</summary>
    public static bool IsBlank(ReadOnlySpan<byte> token)
    {
        while (!token.IsEmpty)
        {
            if (token[0] is > (byte)' ' and < 0x7f)
            {
                return false;
            }

            Rune.DecodeFromUtf8(token, out var rune, out var length);
            if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.SpaceSeparator
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator))
            {
                return false;
            }

            token = token[length..];
        }

        return true;
    }

    /// <summary>Whether a token is a sentence of a language without spaces: many letters and punctuation, or more than any word has.</summary>
    public static bool IsUnsegmented(ReadOnlySpan<byte> token)
    {
        var (letters, hasPunctuation) = (0, false);
        while (!token.IsEmpty)
        {
            Rune.DecodeFromUtf8(token, out var rune, out var length);
            letters += IsOfScriptWithoutSpaces(rune.Value) ? 1 : 0;
            hasPunctuation |= Rune.IsPunctuation(rune);
            token = token[length..];
        }

        return letters >= (hasPunctuation ? 10 : 25);
    }

    // Thai and Lao, Myanmar, Khmer, kana, Chinese characters.
    private static bool IsOfScriptWithoutSpaces(int code) => code is
        (>= 0x0E00 and <= 0x0EFF) or (>= 0x1000 and <= 0x109F) or (>= 0x1780 and <= 0x17FF) or (>= 0x3040 and <= 0x30FF)
        or (>= 0x3400 and <= 0x9FFF) or (>= 0x20000 and <= 0x2FA1F);

    private void CheckPersonal(Record record, ReadOnlySpan<byte> text)
    {
        var (emails, phones, cards, from) = (0, 0, 0, 0);
        while (PersonalData.Next(text, from, out var kind, out var place))
        {
            emails += kind == FindingCode.PersonalEmail ? 1 : 0;
            phones += kind == FindingCode.PersonalPhone ? 1 : 0;
            cards += kind == FindingCode.PersonalCard ? 1 : 0;
            from = place.End.Value;
        }

        ReportPersonal(record, text, FindingCode.PersonalEmail, emails, emails == 1 ? "e-mail address" : "e-mail addresses");
        ReportPersonal(record, text, FindingCode.PersonalPhone, phones, phones == 1 ? "telephone number" : "telephone numbers");
        ReportPersonal(record, text, FindingCode.PersonalCard, cards, cards == 1 ? "card number" : "card numbers");
    }

    private void ReportPersonal(Record record, ReadOnlySpan<byte> text, FindingCode code, int count, string what)
    {
        if (count > 0)
        {
            log.Add(code, record, text, $"{count} {what} in this text.");
        }
    }

    private void ReportControl(Record record, ReadOnlySpan<byte> text)
    {
        var i = text.IndexOfAny(Controls);
        log.Add(FindingCode.ControlCharacter, record, Around(text, Math.Max(i, 0)), $"The text holds a control character.");
    }

    /// <summary>The text from a little before a place on.</summary>
    private static ReadOnlySpan<byte> Around(ReadOnlySpan<byte> text, int place)
    {
        var start = Math.Max(0, place - 40);
        while (start > 0 && (text[start] & 0xC0) == 0x80)
        {
            start--;
        }

        return text[start..];
    }
}
