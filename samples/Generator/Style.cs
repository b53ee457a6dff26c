using System.Text.RegularExpressions;
using Droptune.Core;

namespace Droptune.Samples.Generator;

/// <summary>How customers type: hurried spellings, slips of the finger, careless capitals and punctuation. Entities keep their spelling.</summary>
internal sealed partial class Style
{
    private const double SwapShare = 0.12; // of the words that have another spelling
    private const double SlipShare = 0.15; // of the sentences
    private const double NoApostropheShare = 0.2;
    private const double LowerCaseShare = 0.33;
    private const double UpperCaseShare = 0.02;
    private const double NoEndMarkShare = 0.3;
    private const double ManyEndMarksShare = 0.07;
    private static readonly string[] KeyRows = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];

    private readonly Draw _draw;
    private readonly (Regex Word, string[] Spellings)[] _swaps;

    /// <param name="swaps">Lines such as "please = pls|plz".</param>
    /// <param name="draw">Where the choices come from.</param>
    public Style(IEnumerable<string> swaps, Draw draw)
    {
        _draw = draw;
        _swaps = [.. swaps.Select(line => line.Split(" = ")).Select(parts =>
            (new Regex($"(?<![A-Za-z']){Regex.Escape(parts[0])}(?![A-Za-z'])"), parts[1].Split('|')))];
    }

    public Example Apply(IReadOnlyList<Piece> pieces, string intent)
    {
        var slip = _draw.Chance(SlipShare) ? _draw.Below(pieces.Count) : -1;
        var noApostrophe = _draw.Chance(NoApostropheShare);
        var typed = pieces.Select((piece, index) =>
        {
            if (piece.Label is not null)
            {
                return piece;
            }

            var text = Swap(piece.Text);
            text = noApostrophe ? text.Replace("'", "", StringComparison.Ordinal) : text;
            return new Piece(index == slip ? Slip(text) : text);
        });
        var example = Sentence.Join(typed, intent);
        return example with { Text = EndMark(Case(example)) };
    }

    private string Swap(string text)
    {
        foreach (var (word, spellings) in _swaps)
        {
            text = word.Replace(text, match => _draw.Chance(SwapShare) ? _draw.Pick(spellings) : match.Value);
        }

        return text;
    }

    /// <summary>One slip in one longer word: two letters swapped, one left out, doubled, or its neighbour on the keyboard.</summary>
    private string Slip(string text)
    {
        var words = LongerWord().Matches(text);
        if (words.Count == 0)
        {
            return text;
        }

        var word = _draw.Pick(words);
        var at = word.Index + 1 + _draw.Below(word.Length - 2);
        return text[..at] + _draw.Below(4) switch
        {
            0 => $"{text[at + 1]}{text[at]}{text[(at + 2)..]}",
            1 => text[(at + 1)..],
            2 => text[at] + text[at..],
            _ => Neighbour(text[at]) + text[(at + 1)..],
        };
    }

    private char Neighbour(char letter)
    {
        var row = KeyRows.First(row => row.Contains(letter));
        var at = row.IndexOf(letter);
        return row[at == 0 ? 1 : at == row.Length - 1 || _draw.Chance(0.5) ? at - 1 : at + 1];
    }

    private string Case(Example example)
    {
        var text = example.Text!;
        if (_draw.Chance(LowerCaseShare))
        {
            return text.ToLowerInvariant();
        }

        if (_draw.Chance(UpperCaseShare))
        {
            return text.ToUpperInvariant();
        }

        return SentenceStart().Replace(text, match =>
            example.Entities!.Any(entity => entity.Start < match.Index + match.Length && match.Index < entity.End)
                ? match.Value
                : match.Value.ToUpperInvariant());
    }

    private string EndMark(string text)
    {
        if (!Sentence.IsEndMark(text[^1]) || text.Length == 1)
        {
            return text;
        }

        return _draw.Chance(NoEndMarkShare) ? text.TrimEnd(text[^1])
            : _draw.Chance(ManyEndMarksShare) ? text + new string(text[^1], 1 + _draw.Below(2))
            : text;
    }

    [GeneratedRegex("[a-z]{4,}")]
    private static partial Regex LongerWord();

    [GeneratedRegex(@"(?:^|[.?!] )[a-z]")]
    private static partial Regex SentenceStart();
}
