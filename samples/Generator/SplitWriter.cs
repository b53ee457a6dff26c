using Droptune.Core;

namespace Droptune.Samples.Generator;

/// <summary>Writes the examples of one split, every phrasing about equally often.</summary>
internal sealed class SplitWriter(GrammarFile phrases, GrammarFile values, bool useUnseen, ulong seed)
{
    private const double FramedShare = 0.45;
    private const int Attempts = 40; // a phrasing without slots is soon used up

    private readonly Draw _draw = new(seed);

    /// <param name="count">How many examples to write.</param>
    /// <param name="elsewhere">Examples of the same language in other splits, whose wording may not come again.</param>
    public List<Example> Write(int count, IReadOnlyCollection<Example> elsewhere)
    {
        var keys = elsewhere.Select(Sentence.Key).ToHashSet();
        var skeletons = elsewhere.Select(Sentence.Skeleton).ToHashSet();
        var sentences = new SentenceWriter(phrases, values, useUnseen, _draw);
        var style = new Style(values.Sections["swap"], _draw);

        bool IsNew(Example example) => !Sentence.Repeats(Sentence.Skeleton(example), skeletons) && keys.Add(Sentence.Key(example));

        Example? Another((string Intent, string Phrase) line) => Enumerable.Range(0, Attempts)
            .Select(_ => style.Apply(sentences.Write(Framed(line.Phrase)), line.Intent))
            .FirstOrDefault(IsNew);

        var lines = phrases.Sections.Where(section => section.Key != "frames")
            .SelectMany(section => section.Value, (section, phrase) => (Intent: section.Key, Phrase: phrase)).ToList();
        var examples = new List<Example>();
        for (var round = 1; examples.Count < count; round++)
        {
            _draw.Shuffle(lines);
            var written = lines.Select(line => (Line: line, Example: Another(line))).ToList();
            var barren = written.Where(pair => pair.Example is null).Select(pair => $"{pair.Line.Intent}: {pair.Line.Phrase}").ToList();
            if (round == 1 && barren.Count > 0)
            {
                throw new InvalidDataException($"{phrases.Path}: these say nothing that another split does not say:\n{string.Join('\n', barren)}");
            }

            examples.AddRange(written.Select(pair => pair.Example).OfType<Example>());
        }

        return examples[..count];
    }

    private string Framed(string phrase)
    {
        var alone = phrase[0] == '!'; // a greeting needs no "hello" before it
        return alone ? phrase[1..]
            : _draw.Chance(FramedShare) ? _draw.Pick(phrases.Sections["frames"]).Replace("<phrase>", phrase, StringComparison.Ordinal)
            : phrase;
    }
}
