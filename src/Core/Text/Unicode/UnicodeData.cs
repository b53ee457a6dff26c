namespace Droptune.Core.Text.Unicode;

/// <summary>
/// The Unicode properties that tokenizing and NFC need, read from <c>unicode.tsv</c>. The runtime's own would not do: without
/// ICU <c>string.Normalize</c> returns its input silently, and its categories change from one .NET to the next, so that a
/// model could be served with other pieces than it was trained with.
/// </summary>
internal static class UnicodeData
{
    /// <summary>Largest code point + 1.</summary>
    public const int Count = 0x110000;

    // Hangul syllables decompose by arithmetic (Unicode, section 3.12).
    private const int SyllableBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TrailBase = 0x11A7;
    private const int Leads = 19, Vowels = 21, Trails = 28;

    private static readonly Property[] Properties = new Property[Count];
    private static readonly Dictionary<int, (int First, int Second)> Decompositions = [];
    private static readonly Dictionary<(int First, int Second), int> Compositions = [];
    private static readonly Dictionary<int, byte> Classes = [];
    private static readonly Script[] Scripts = new Script[Count];

    [Flags]
    public enum Property : byte
    {
        None = 0,

        /// <summary>Removed by BERT: control, format and private-use characters, U+0000, U+FFFD.</summary>
        Dropped = 1,

        /// <summary>An accent: removed where accents are stripped.</summary>
        Mark = 2,

        /// <summary>A unit of its own.</summary>
        Punctuation = 4,

        /// <summary>May be changed by NFC, alone or with what stands before it.</summary>
        MayCompose = 8,
    }

    static UnicodeData()
    {
        var excluded = new HashSet<int>();
        foreach (var (kind, first, last, value) in Entries())
        {
            for (var code = first; code <= last; code++)
            {
                switch (kind)
                {
                    case "drop": Properties[code] |= Property.Dropped; break;
                    case "mark": Properties[code] |= Property.Mark; break;
                    case "punctuation": Properties[code] |= Property.Punctuation; break;
                    case "decompose": Decompositions[code] = Pair(value); break;
                    case "class": Classes[code] = byte.Parse(value, CultureInfo.InvariantCulture); break;
                    case "exclude": excluded.Add(code); break;
                    case "script": Scripts[code] = Enum.Parse<Script>(value); break;
                    default: throw new InvalidDataException($"unicode.tsv: unknown kind '{kind}'");
                }
            }
        }

        foreach (var (code, pair) in Decompositions)
        {
            // Singletons, and what starts with a combining mark, are never composed back.
            if (pair.Second == 0 || CombiningClass(code) != 0 || CombiningClass(pair.First) != 0 || excluded.Contains(code))
            {
                Properties[code] |= Property.MayCompose;
            }
            else
            {
                Compositions[pair] = code;
                Properties[pair.Second] |= Property.MayCompose;
            }
        }

        foreach (var code in Classes.Keys.Concat(Enumerable.Range(VowelBase, TrailBase + Trails - VowelBase)))
        {
            Properties[code] |= Property.MayCompose;
        }
    }

    public static Script ScriptOf(int code) => Scripts[code];

    public static bool Has(int code, Property property) => (Properties[code] & property) != 0;

    /// <summary>Canonical combining class; 0 for what does not move.</summary>
    public static byte CombiningClass(int code) => Classes.GetValueOrDefault(code);

    /// <summary>Appends the full canonical decomposition of one code point (not reordered).</summary>
    public static void Decompose(int code, List<int> into)
    {
        var syllable = code - SyllableBase;
        if (syllable is >= 0 and < Leads * Vowels * Trails)
        {
            into.Add(LeadBase + syllable / (Vowels * Trails));
            into.Add(VowelBase + syllable % (Vowels * Trails) / Trails);
            if (syllable % Trails != 0)
            {
                into.Add(TrailBase + syllable % Trails);
            }
        }
        else if (Decompositions.TryGetValue(code, out var pair))
        {
            Decompose(pair.First, into);
            if (pair.Second != 0)
            {
                into.Add(pair.Second); // a second part never decomposes further
            }
        }
        else
        {
            into.Add(code);
        }
    }

    /// <summary>The code point that two canonically compose to, or -1.</summary>
    public static int Compose(int first, int second)
    {
        var (lead, vowel) = (first - LeadBase, second - VowelBase);
        if (lead is >= 0 and < Leads && vowel is >= 0 and < Vowels)
        {
            return SyllableBase + (lead * Vowels + vowel) * Trails;
        }

        var (syllable, trail) = (first - SyllableBase, second - TrailBase);
        if (syllable is >= 0 and < Leads * Vowels * Trails && syllable % Trails == 0 && trail is > 0 and < Trails)
        {
            return first + trail;
        }

        return Compositions.GetValueOrDefault((first, second), -1);
    }

    private static IEnumerable<(string Kind, int First, int Last, string Value)> Entries()
    {
        using var stream = typeof(UnicodeData).Assembly.GetManifestResourceStream("unicode.tsv")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
            {
                var fields = line.Split('\t');
                var range = fields[1].Split('-');
                yield return (fields[0], Hex(range[0]), Hex(range[^1]), fields.ElementAtOrDefault(2) ?? "");
            }
        }
    }

    private static (int First, int Second) Pair(string value)
    {
        var codes = value.Split(' ');
        return (Hex(codes[0]), codes.Length > 1 ? Hex(codes[1]) : 0);
    }

    private static int Hex(string value) => int.Parse(value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
