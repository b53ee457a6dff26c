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
    private readonly Dictionary<string, int> _forms = []; // numbers of words as they are written; of a lower-case one even, of its others one more
    private readonly Dictionary<string, int> _names = []; // numbers of labels
    private int _examples;
    private bool _isFirst; // word of its example

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

    /// <summary>Begins an example; its words follow, one by one.</summary>
    public void Start() => (_examples, _isFirst) = (_examples + 1, true);

    /// <summary>Adds a word of the example, with the numbers of its text's labels; null = nothing says whether it is of an entity.</summary>
    public void Add(ReadOnlySpan<char> word, List<int> labels, bool? isEntity)
    {
        if (_isFirst || word.IsEmpty || !char.IsLetter(word[0]))
        {
            _isFirst = false;
            return; // the first is written large whatever it is
        }

        var (form, isShown) = (FormOf(word), _examples % 2 == 0);
        foreach (var label in labels)
        {
            _labels.Add(form, label, isShown);
        }

        if (isEntity is { } kind)
        {
            _entities.Add(form, kind ? 1 : 0, isShown);
        }
    }

    private void Add(Example example)
    {
        Start();
        var (words, position) = (example.Tokens ?? example.Text!.Split(' '), 0);
        List<int> labels = [.. (example.TextLabels() ?? []).Select(NumberOf)];
        for (var i = 0; i < words.Count; i++)
        {
            var (start, word) = (position, words[i]);
            position += word.Length + 1;
            Add(word, labels, example.Tags is { } tags ? tags[i] != "O" : example.Entities?.Any(entity => entity.Start < position - 1 && start < entity.End));
        }
    }

    private int NumberOf(string label)
    {
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(_names, label, out var isKnown);
        return isKnown ? number : number = _names.Count;
    }

    private int FormOf(ReadOnlySpan<char> word)
    {
        if (_forms.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(word, out var form))
        {
            return form;
        }

        var written = word.ToString();
        var lower = written.ToLowerInvariant();
        return _forms[written] = lower == written ? 2 * _forms.Count : FormOf(lower) | 1;
    }

    private sealed class Counts
    {
        private readonly Dictionary<(int Form, int Label), int> _shown = [];
        private readonly Dictionary<(int Form, int Label), int> _asked = [];

        public bool IsBetterByCase
        {
            get
            {
                var shown = _shown.ToLookup(count => count.Key.Form, count => (count.Key.Label, Count: count.Value));
                var (gain, words) = (0, 0);
                foreach (var ((form, label), count) in _asked)
                {
                    var (small, large) = (shown[form & ~1], shown[form | 1]);
                    words += count;
                    if (small.Any() && large.Any())
                    {
                        gain += (Best(shown[form]) == label ? count : 0) - (Best(small.Concat(large)) == label ? count : 0);
                    }
                }

                return gain >= LeastGain && gain >= LeastShare * words;
            }
        }

        public void Add(int form, int label, bool isShown) =>
            CollectionsMarshal.GetValueRefOrAddDefault(isShown ? _shown : _asked, (form, label), out _)++;

        private static int Best(IEnumerable<(int Label, int Count)> counts) =>
            counts.GroupBy(count => count.Label).MaxBy(label => label.Sum(count => count.Count))!.Key;
    }
}
