using System.Runtime.InteropServices;

namespace Droptune.Core.Text.Unicode;

/// <summary>
/// Unicode normalisation form C (UAX #15), which works without ICU, where <c>string.Normalize</c> does nothing. Lone surrogates
/// stay as they are.
/// </summary>
public static class Nfc
{
    /// <summary>True if <paramref name="text"/> is in form C.</summary>
    public static bool IsNormalized(string text) => IsPlain(text) || Compose(text) == text;

    /// <summary>The text in form C.</summary>
    internal static string Normalize(string text) => IsPlain(text) ? text : Compose(text);

    /// <summary>Whether form C may change the character at an index, alone or with what stands before it.</summary>
    internal static bool MayChange(string text, int index) => UnicodeData.Has(CodePoints.At(text, index, out _), UnicodeData.Property.MayCompose);

    private static bool IsPlain(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            // Below U+0300 nothing changes.
            if (text[i] >= 0x300 && MayChange(text, i))
            {
                return false;
            }
        }

        return true;
    }

    private static string Compose(string text)
    {
        var codes = new List<int>(text.Length + 8);
        for (var i = 0; i < text.Length;)
        {
            UnicodeData.Decompose(CodePoints.At(text, i, out var length), codes);
            i += length;
        }

        Reorder(codes);

        // Each mark joins the last starter, unless one of its own or a higher class stands between.
        var composed = new List<int>(codes.Count);
        var (starter, lastClass) = (-1, 0);
        foreach (var code in codes)
        {
            var combining = UnicodeData.CombiningClass(code);
            var blocked = starter != composed.Count - 1 && (lastClass == 0 || lastClass >= combining);
            var both = starter < 0 || blocked ? -1 : UnicodeData.Compose(composed[starter], code);
            if (both >= 0)
            {
                composed[starter] = both;
                continue;
            }

            composed.Add(code);
            lastClass = combining;
            if (combining == 0)
            {
                starter = composed.Count - 1;
            }
        }

        var result = new StringBuilder(composed.Count);
        foreach (var code in composed)
        {
            CodePoints.Append(result, code);
        }

        return result.ToString();
    }

    /// <summary>Canonical order: each run of marks sorted by class, those of one class in the order they came.</summary>
    private static void Reorder(List<int> codes)
    {
        for (var start = 0; start < codes.Count; start++)
        {
            var end = start;
            while (end < codes.Count && UnicodeData.CombiningClass(codes[end]) != 0)
            {
                end++;
            }

            if (end - start > 1)
            {
                var sorted = codes[start..end].OrderBy(UnicodeData.CombiningClass).ToList();
                sorted.CopyTo(CollectionsMarshal.AsSpan(codes)[start..]);
            }

            start = end;
        }
    }
}
