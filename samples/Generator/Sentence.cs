using System.Text.RegularExpressions;
using Droptune.Core;

namespace Droptune.Samples.Generator;

/// <summary>From pieces to an example, and what makes two examples the same.</summary>
internal static partial class Sentence
{
    private const int LongEnough = 24; // a skeleton this long is a phrasing; "{order_number}" is not

    /// <summary>Joins the pieces, tidying what optional parts leave: doubled spaces, and marks after a space or another mark.</summary>
    public static Example Join(IEnumerable<Piece> pieces, string intent)
    {
        var (text, entities) = (new StringBuilder(), new List<EntitySpan>());
        foreach (var piece in pieces)
        {
            if (piece.Label is not null)
            {
                entities.Add(new EntitySpan(text.Length, text.Length + piece.Text.Length, piece.Label));
                text.Append(piece.Text);
                continue;
            }

            foreach (var letter in piece.Text)
            {
                if (letter is ',' or '.' or '?' or '!' && Last(text) == ' ' && text.Length > 0)
                {
                    text.Length--;
                }

                var redundant = letter == ' ' ? Last(text) == ' ' : letter is ',' or '，' && IsEndMark(Last(text));
                if (!redundant)
                {
                    text.Append(letter);
                }
            }
        }

        return new Example { Text = text.ToString().TrimEnd(), Entities = entities, Label = intent };
    }

    public static bool IsEndMark(char letter) => letter is '.' or '?' or '!' or '。' or '？' or '！';

    /// <summary>The text without case, spaces and punctuation: what may not occur twice.</summary>
    public static string Key(Example example) => Plain(example.Text!);

    /// <summary>The key with labels in place of the entities: what train may not share with dev and test.</summary>
    public static string Skeleton(Example example)
    {
        var (skeleton, end) = (new StringBuilder(), 0);
        foreach (var entity in example.Entities!)
        {
            skeleton.Append(Plain(example.Text![end..entity.Start])).Append('{').Append(entity.Label).Append('}');
            end = entity.End;
        }

        return skeleton.Append(Plain(example.Text![end..])).ToString();
    }

    /// <summary>Whether a skeleton says what one of the others says, be it with a greeting or a thank-you around it.</summary>
    public static bool Repeats(string skeleton, IEnumerable<string> others) => others.Any(other =>
        skeleton == other || other.Length >= LongEnough && skeleton.Contains(other, StringComparison.Ordinal));

    private static char Last(StringBuilder text) => text.Length == 0 ? ' ' : text[^1];

    private static string Plain(string text) => NotPlain().Replace(text.ToLowerInvariant(), "");

    [GeneratedRegex(@"[^\p{L}\p{N}]+")]
    private static partial Regex NotPlain();
}
