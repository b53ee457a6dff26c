using System.Runtime.InteropServices;

namespace Droptune.Core.Text;

/// <summary>
/// Whether upper and lower case carry labels, so that a vocabulary of these texts should keep them: one half of the examples shows
/// which label or kind of word (entity or not) each word has, with its case and without, and the other which of both is right
/// more often.
/// </summary>
public sealed class CaseEvidence
{
    /// <summary>Examples that are looked at: the first of train.</summary>
    public const int Examples = 20_000;

    private const int LeastGain = 5; // words
    private const double LeastShare = 0.01;

    private readonly Counts _labels = new();
    private readonly Counts _entities = new();
    private int _examples;

    /// <summary>Whether the label of at least every hundredth word is known better by its case.</summary>
    public bool IsCarried => _labels.IsBetterByCase || _entities.IsBetterByCase;

    /// <summary>The same of the labels of whole texts alone.</summary>
    public bool IsCarriedByTextLabels => _labels.IsBetterByCase;

    /// <summary>Of the examples of a training split.</summary>
    public static bool IsCarriedBy(IEnumerable<Example> train)
    {
        var evidence = new CaseEvidence();
        foreach (var example in train.Take(Examples))
        {
            evidence.Add(example);
        }

        return evidence.IsCarried;
    }

    public void Add(Example example)
    {
        if (_examples++ == Examples)
        {
            return;
        }

        var isShown = _examples % 2 == 0;
        var (words, position) = (example.Tokens ?? example.Text!.Split(' '), 0);
        for (var i = 0; i < words.Count; i++)
        {
            var (start, word) = (position, words[i]);
            position += word.Length + 1;
            if (i == 0 || word.Length == 0 || !char.IsLetter(word[0]))
            {
                continue; // the first is written large whatever it is
            }

            foreach (var label in example.TextLabels() ?? [])
            {
                _labels.Add(word, label, isShown);
            }

            if (example.Tags is { } tags)
            {
                _entities.Add(word, tags[i] == "O" ? "" : "entity", isShown);
            }
            else if (example.Entities is { } entities)
            {
                _entities.Add(word, entities.Any(entity => entity.Start < position - 1 && start < entity.End) ? "entity" : "", isShown);
            }
        }
    }

    private static (string Lower, bool IsLower) FormOf(string word)
    {
        var lower = word.ToLowerInvariant();
        return (lower, lower == word);
    }

    private sealed class Counts
    {
        private readonly Dictionary<(string Word, bool IsLower), Dictionary<string, int>> _shown = [];
        private readonly Dictionary<(string Word, bool IsLower, string Label), int> _asked = [];

        public bool IsBetterByCase
        {
            get
            {
                var (gain, words) = (0, 0);
                foreach (var ((word, isLower, label), count) in _asked)
                {
                    var (small, large) = (_shown.GetValueOrDefault((word, true)), _shown.GetValueOrDefault((word, false)));
                    words += count;
                    if (small is not null && large is not null)
                    {
                        gain += (Best(isLower ? small : large) == label ? count : 0) - (Best(small, large) == label ? count : 0);
                    }
                }

                return gain >= LeastGain && gain >= LeastShare * words;
            }
        }

        public void Add(string word, string label, bool isShown)
        {
            var (lower, isLower) = FormOf(word);
            if (isShown)
            {
                ref var labels = ref CollectionsMarshal.GetValueRefOrAddDefault(_shown, (lower, isLower), out _);
                labels ??= [];
                labels[label] = labels.GetValueOrDefault(label) + 1;
            }
            else
            {
                CollectionsMarshal.GetValueRefOrAddDefault(_asked, (lower, isLower, label), out _)++;
            }
        }

        private static string Best(params Dictionary<string, int>[] counts) => counts
            .SelectMany(labels => labels).GroupBy(label => label.Key).MaxBy(label => label.Sum(count => count.Value))!.Key;
    }
}
