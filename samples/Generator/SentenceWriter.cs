namespace Droptune.Samples.Generator;

/// <summary>A stretch of a sentence: plain words, or the value of an entity.</summary>
internal sealed record Piece(string Text, string? Label = null);

/// <summary>Draws sentences from patterns: text with [choices], {slots}, &lt;rules&gt;, [number-ranges], # digits and @ letters.</summary>
internal sealed class SentenceWriter(GrammarFile phrases, GrammarFile values, bool useUnseen, Draw draw)
{
    private const double UnseenShare = 0.2;
    private const string Letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"; // no I and O, as in real order numbers

    private readonly HashSet<string> _used = []; // values that stand in this sentence already

    public List<Piece> Write(string pattern)
    {
        _used.Clear();
        var pieces = new List<Piece>();
        Expand(pattern, pieces);
        return pieces;
    }

    private void Expand(string pattern, List<Piece> pieces)
    {
        var plain = new StringBuilder();
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '#':
                    // A number does not begin with zero.
                    var inside = i > 0 && pattern[i - 1] == '#';
                    plain.Append((char)(inside ? '0' + draw.Below(10) : '1' + draw.Below(9)));
                    break;
                case '@':
                    plain.Append(Letters[draw.Below(Letters.Length)]);
                    break;
                case '[' or '{' or '<':
                    pieces.Add(new Piece(plain.ToString()));
                    plain.Clear();
                    var close = Close(pattern, i);
                    ExpandBracket(pattern[i], pattern[(i + 1)..close], pieces);
                    i = close;
                    break;
                case var other:
                    plain.Append(other);
                    break;
            }
        }

        pieces.Add(new Piece(plain.ToString()));
    }

    private void ExpandBracket(char bracket, string content, List<Piece> pieces)
    {
        switch (bracket)
        {
            case '{':
                pieces.Add(new Piece(Value(content), content.Split(':')[0]));
                break;
            case '<':
                var rule = phrases.Rules.GetValueOrDefault(content) ?? values.Rules.GetValueOrDefault(content)
                    ?? throw new InvalidDataException($"no rule <{content}>");
                Expand(draw.Pick(Alternatives(rule)), pieces);
                break;
            case var _ when content.Split('-') is [var low, var high] && int.TryParse(low, out var first) && int.TryParse(high, out var last):
                pieces.Add(new Piece((first + draw.Below(last - first + 1)).ToString(CultureInfo.InvariantCulture)));
                break;
            default:
                Expand(draw.Pick(Alternatives(content)), pieces);
                break;
        }
    }

    /// <summary>A value for a slot, not one that the sentence has already: "from Leeds to Leeds" would be odd.</summary>
    private string Value(string slot)
    {
        string value;
        do
        {
            var choices = useUnseen && draw.Chance(UnseenShare) ? values.Sections.GetValueOrDefault($"{slot} unseen") : null;
            choices ??= values.Sections.GetValueOrDefault(slot) ?? throw new InvalidDataException($"no values for {{{slot}}}");
            var pieces = new List<Piece>();
            Expand(draw.Pick(choices), pieces);
            value = string.Concat(pieces.Select(piece => piece.Text)).Trim();
        }
        while (!_used.Add(value));
        return value;
    }

    private static int Close(string pattern, int open)
    {
        for (var (i, depth) = (open, 0); i < pattern.Length; i++)
        {
            depth += pattern[i] switch { '[' or '{' or '<' => 1, ']' or '}' or '>' => -1, _ => 0 };
            if (depth == 0)
            {
                return i;
            }
        }

        throw new InvalidDataException($"a bracket is not closed: {pattern}");
    }

    /// <summary>Splits at the bars that stand outside inner brackets.</summary>
    private static List<string> Alternatives(string content)
    {
        var (alternatives, start) = (new List<string>(), 0);
        for (var i = 0; i < content.Length; i++)
        {
            if (content[i] is '[' or '{' or '<')
            {
                i = Close(content, i);
            }
            else if (content[i] == '|')
            {
                alternatives.Add(content[start..i]);
                start = i + 1;
            }
        }

        alternatives.Add(content[start..]);
        return alternatives;
    }
}
