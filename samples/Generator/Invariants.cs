using System.Text.RegularExpressions;
using Droptune.Core;

namespace Droptune.Samples.Generator;

/// <summary>What must hold for the dataset of one language, whatever the grammar says.</summary>
internal static partial class Invariants
{
    /// <summary>Every breach found, in words; none when all is well.</summary>
    public static IEnumerable<string> Breaches(IReadOnlyDictionary<Split, List<Example>> splits)
    {
        var train = splits[Split.Train];
        var (intents, labels) = (Intents(train), Labels(train));
        var trainSkeletons = train.Select(Sentence.Skeleton).ToHashSet();
        var first = new Dictionary<string, (Split Split, Example Example)>();

        foreach (var (split, examples) in splits)
        {
            foreach (var example in examples)
            {
                foreach (var breach in TextBreaches(example.Text!).Concat(SpanBreaches(example)))
                {
                    yield return $"{split}: \"{example.Text}\": {breach}";
                }

                if (!first.TryAdd(Sentence.Key(example), (split, example)))
                {
                    var (other, same) = first[Sentence.Key(example)];
                    yield return $"\"{example.Text}\" stands in {other} as {same.Label} and again in {split} as {example.Label}";
                }

                if (split != Split.Train && Sentence.Repeats(Sentence.Skeleton(example), trainSkeletons))
                {
                    yield return $"{split}: \"{example.Text}\" is worded as in train";
                }
            }

            foreach (var missing in intents.Except(Intents(examples)).Concat(labels.Except(Labels(examples))))
            {
                yield return $"{split} has no example of {missing}";
            }

            foreach (var unknown in Intents(examples).Except(intents).Concat(Labels(examples).Except(labels)))
            {
                yield return $"{split} has {unknown}, which train does not teach";
            }
        }
    }

    private static IEnumerable<string> TextBreaches(string text)
    {
        if (text.Trim() != text || text.Length == 0 || text.Contains("  ", StringComparison.Ordinal) || text.Any(char.IsControl))
        {
            yield return "empty, or with spaces or controls where none belong";
        }

        if (LooksPersonal().Match(text) is { Success: true } match)
        {
            yield return $"\"{match.Value}\" looks like personal data";
        }
    }

    private static IEnumerable<string> SpanBreaches(Example example)
    {
        var (text, end) = (example.Text!, 0);
        foreach (var span in example.Entities!)
        {
            if (span.Start < end || span.End <= span.Start || span.End > text.Length)
            {
                yield return $"the span {span} is empty, outside the text, or not after the one before it";
                yield break;
            }

            end = span.End;
            if (text[span.Start..end].Trim() is var value && value.Length != end - span.Start)
            {
                yield return $"\"{value}\" is marked with spaces around it";
            }

            if (CutsWord(text, span.Start) || CutsWord(text, end))
            {
                yield return $"\"{value}\" is cut out of a longer word";
            }
        }
    }

    private static bool CutsWord(string text, int at) => at > 0 && at < text.Length && InWord(text[at - 1]) && InWord(text[at]);

    /// <summary>Whether BERT's pre-tokenizer joins the letter to its neighbours: not spaces, punctuation and CJK letters.</summary>
    private static bool InWord(char letter) => !char.IsWhiteSpace(letter) && !char.IsPunctuation(letter)
        && !(char.IsAscii(letter) && char.IsSymbol(letter)) && CharUnicodeInfo.GetUnicodeCategory(letter) != UnicodeCategory.OtherLetter;

    private static IEnumerable<string> Intents(IEnumerable<Example> examples) => examples.Select(example => example.Label!).Distinct();

    private static IEnumerable<string> Labels(IEnumerable<Example> examples) =>
        examples.SelectMany(example => example.Entities!).Select(span => span.Label).Distinct();

    // Mail addresses; and digit groups long enough for a phone, card or identity number.
    [GeneratedRegex(@"\S@\S+\.\S|\d(?:[ -]?\d){8,}")]
    private static partial Regex LooksPersonal();
}
