using System.Numerics;
using System.Runtime.Intrinsics;
using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Records;
using Droptune.Core.Text;
using Droptune.Core.Text.Pieces;

namespace Droptune.Core.Datasets.Quality;

/// <summary>
/// Finds examples that are longer than the model's input. Pieces are counted with the base model's vocabulary where it is
/// at hand, units (each a piece or more) where not. Most texts are short enough by their size alone and are not counted.
/// </summary>
internal sealed class LengthChecker(FindingLog log, Tokenizer? tokenizer, SmallUnits? small, int maxLength)
{
    private const int LongWordCharacters = 100; // BERT's limit: a longer word becomes [UNK]
    private const int SampledExamples = 50_000; // for the share of unknown pieces
    private const double ForeignUnknown = 0.05; // parts of a language that a vocabulary does not know
    private const double ForeignPieces = 1.5; // a word; English has 1.0 to 1.3 of an English vocabulary's, other languages in Latin letters 1.9 and more
    private const int SmallestBin = 3; // powers of two: up to 8 characters, up to 16 and so on
    private readonly PreTokenizer _units = new(stripAccents: false, chineseCharacters: true, small);
    private readonly long[] _bins = new long[9];
    private long _examples;
    private long _characters;
    private long _longest;
    private long _windowed;
    private long _pieces;
    private long _words;
    private long _unknown;

    public LengthSummary Summary => new()
    {
        Characters = [.. _bins.Select((count, i) => new LengthBin(i < _bins.Length - 1 ? 1 << (SmallestBin + i) : null, count))],
        MeanCharacters = _examples == 0 ? 0 : Math.Round((double)_characters / _examples, 1),
        MaxCharacters = _longest,
        Unit = tokenizer is null ? "units" : "pieces",
        MaxLength = maxLength,
        Windowed = _windowed,
        UnknownPieces = tokenizer is null ? null : _pieces == 0 ? 0 : Math.Round((double)_unknown / _pieces, 4),
    };

    /// <summary>Why the texts are of another language than the tokenizer's; null = they seem to be of its own.</summary>
    public string? WhyForeign
    {
        get
        {
            var (unknown, pieces) = (_unknown / Math.Max(1.0, _pieces), _pieces / Math.Max(1.0, _words));
            return unknown > ForeignUnknown || pieces > ForeignPieces
                ? string.Create(CultureInfo.InvariantCulture, $"It knows English and Chinese: {unknown:P1} of the pieces are unknown to it, and a word has {pieces:F1} of them.")
                : null;
        }
    }

    private int Room => maxLength - 2; // [CLS] and [SEP]

    public void Check(Record record, CheckedExample example)
    {
        var text = example.Text.Span;
        var characters = example.IsAscii ? text.Length : Encoding.UTF8.GetCharCount(text);
        Count(characters);
        var isSampled = tokenizer is not null && _examples <= SampledExamples;
        var mayBeLong = characters > Room && UnitsAtMost(text) > Room;
        if (tokenizer is not null && (isSampled || text.Length > Room))
        {
            CountPieces(record, text, isSampled);
        }
        else if (mayBeLong)
        {
            CountUnits(record, text);
        }

        if (text.Length > LongWordCharacters)
        {
            CheckWords(record, text);
        }
    }

    /// <summary>Reports a high share of unknown pieces: more than one in a hundred.</summary>
    public void Complete()
    {
        if (_pieces > 0 && _unknown * 100 > _pieces)
        {
            log.Add(FindingCode.UnknownPieces, $"{100.0 * _unknown / _pieces:F1} % of the pieces are unknown to the base model.");
        }
    }

    private void Count(int characters)
    {
        _examples++;
        _characters += characters;
        _longest = Math.Max(_longest, characters);
        _bins[Math.Clamp(BitOperations.Log2((uint)Math.Max(characters - 1, 1)) + 1 - SmallestBin, 0, _bins.Length - 1)]++;
    }

    /// <summary>An upper bound that costs next to nothing: every byte that is no ASCII letter or digit ends a unit and may be one.</summary>
    private static int UnitsAtMost(ReadOnlySpan<byte> text) => 1 + (2 * (text.Length - CountAlphanumeric(text)));

    // By vectors, which CountAny does not use: the gate asks this of every text.
    private static int CountAlphanumeric(ReadOnlySpan<byte> text)
    {
        var count = 0;
        for (; text.Length >= Vector128<byte>.Count; text = text[Vector128<byte>.Count..])
        {
            var bytes = Vector128.Create(text);
            var isLetter = Vector128.LessThan((bytes | Vector128.Create((byte)0x20)) - Vector128.Create((byte)'a'), Vector128.Create((byte)26));
            var isDigit = Vector128.LessThan(bytes - Vector128.Create((byte)'0'), Vector128.Create((byte)10));
            count += Vector128.CountWhereAllBitsSet(isLetter | isDigit);
        }

        foreach (var b in text)
        {
            count += char.IsAsciiLetterOrDigit((char)b) ? 1 : 0;
        }

        return count;
    }

    private void CountPieces(Record record, ReadOnlySpan<byte> text, bool isSampled)
    {
        var tokenized = tokenizer!.Tokenize(Encoding.UTF8.GetString(text));
        var pieces = tokenized.Ids;
        if (isSampled)
        {
            _words += tokenized.Units.Length;
            _pieces += pieces.Length;
            _unknown += pieces.Count(id => id == tokenizer.UnkId);
        }

        ReportLong(record, text, pieces.Length, "pieces");
    }

    private void CountUnits(Record record, ReadOnlySpan<byte> text)
    {
        var (units, position) = (0, 0);
        var characters = Encoding.UTF8.GetString(text);
        while (_units.Next(characters, ref position, out _))
        {
            units++;
        }

        ReportLong(record, text, units, "words, punctuation marks and CJK characters");
    }

    private void ReportLong(Record record, ReadOnlySpan<byte> text, int length, string what)
    {
        if (length > Room)
        {
            _windowed++;
            log.Add(FindingCode.LongExample, record, text, $"{length} {what}; the model takes {Room} at once.");
        }
    }

    private void CheckWords(Record record, ReadOnlySpan<byte> text)
    {
        // Look closer only where white space is that far apart.
        for (var rest = text; rest.Length > LongWordCharacters;)
        {
            var space = rest.IndexOf((byte)' ');
            var run = space < 0 ? rest : rest[..space];
            if (run.Length > LongWordCharacters && LongestUnit(run) is > LongWordCharacters and var length)
            {
                log.Add(FindingCode.LongWord, record, run, $"A word of {length} characters.");
                return;
            }

            rest = space < 0 ? [] : rest[(space + 1)..];
        }
    }

    private int LongestUnit(ReadOnlySpan<byte> run)
    {
        var (longest, position) = (0, 0);
        var characters = Encoding.UTF8.GetString(run);
        while (_units.Next(characters, ref position, out var unit))
        {
            longest = Math.Max(longest, unit.Length);
        }

        return longest;
    }
}
