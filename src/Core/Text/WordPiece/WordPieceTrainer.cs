using System.Runtime.InteropServices;

namespace Droptune.Core.Text.WordPiece;

/// <summary>
/// Builds a WordPiece vocabulary as Hugging Face's WordPieceTrainer does: from single characters on, the most frequent pair of
/// neighbours becomes a piece (Sennrich et al. 2016), until the vocabulary is full. The same texts give the same vocabulary.
/// </summary>
public sealed class WordPieceTrainer
{
    /// <summary>Pieces of a vocabulary made for one dataset: enough for its words, few enough to learn all of them.</summary>
    public const int DefaultSize = 8_000;

    private readonly List<string> _pieces = [];
    private readonly Dictionary<string, int> _ids = [];
    private readonly List<(List<int> Pieces, long Count)> _words = [];
    private readonly Dictionary<(int Left, int Right), Pair> _pairs = [];
    private readonly PriorityQueue<(int Left, int Right), (long Count, int Left, int Right)> _queue = new();

    private WordPieceTrainer()
    {
    }

    /// <summary>A vocabulary of the words and texts of examples.</summary>
    public static Vocabulary Train(IEnumerable<Example> examples, TokenizerOptions options, int size = DefaultSize) =>
        Train(examples.SelectMany(example => example.Tokens?.Select(word => new CutText(word, [])) ?? [CutText.Of(example)]), options, size);

    /// <summary>See the other.</summary>
    public static Vocabulary Train(
        IEnumerable<string> texts, TokenizerOptions options, int size = DefaultSize, int minFrequency = 2, int minCharacterFrequency = 1) =>
        Train(texts.Select(text => new CutText(text, [])), options, size, minFrequency, minCharacterFrequency);

    /// <summary>
    /// At most <paramref name="size"/> pieces, each seen at least <paramref name="minFrequency"/> times; but always the special ones, and
    /// every character seen <paramref name="minCharacterFrequency"/> times: once, so that no word of these texts is unknown. Where pieces are
    /// units, none is learned that reaches over a cut.
    /// </summary>
    public static Vocabulary Train(
        IEnumerable<CutText> texts, TokenizerOptions options, int size = DefaultSize, int minFrequency = 2, int minCharacterFrequency = 1)
    {
        var trainer = new WordPieceTrainer();
        trainer.Add(options.SpecialPieces);
        trainer.AddCharacters(CountWords(texts, options), minCharacterFrequency);
        trainer.CountPairs();
        trainer.Merge(size, minFrequency);

        return new(trainer._pieces);
    }

    /// <summary>Words, and parts of words with the mark of a continuation.</summary>
    private static List<KeyValuePair<string, long>> CountWords(IEnumerable<CutText> texts, TokenizerOptions options)
    {
        var preTokenizer = options.PreTokenizer;
        var normalizer = new UnitNormalizer(options);
        var units = new Dictionary<string, long>();
        var lookup = units.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var (text, cuts) in texts)
        {
            for (var position = 0; preTokenizer.Next(text, ref position, out var unit);)
            {
                var start = unit.Start;
                if (options.SmallUnits?.ArePieces(text, unit.Start) == true)
                {
                    foreach (var cut in cuts.SkipWhile(cut => cut <= start).TakeWhile(cut => cut < unit.End))
                    {
                        Count(start > unit.Start ? Vocabulary.Continuation + text[start..cut] : text.AsSpan(start, cut - start));
                        start = cut;
                    }
                }

                Count(start > unit.Start ? Vocabulary.Continuation + text[start..unit.End] : text.AsSpan(start, unit.End - start));
            }
        }

        var words = new Dictionary<string, long>();
        foreach (var (unit, count) in units)
        {
            var continues = unit.StartsWith(Vocabulary.Continuation, StringComparison.Ordinal);
            var (word, _, codePoints) = normalizer.Normalize(continues ? unit.AsSpan(Vocabulary.Continuation.Length) : unit);

            // Parts are of words whose pieces are units: those are of any length, whatever character a part begins with.
            if (continues || codePoints <= options.LongestWord || options.SmallUnits?.ArePieces(unit, 0) == true)
            {
                word = (continues ? Vocabulary.Continuation : "") + word;
                words[word] = words.GetValueOrDefault(word) + count;
            }
        }

        return [.. words.OrderBy(word => word.Key, StringComparer.Ordinal)];

        void Count(ReadOnlySpan<char> word) => CollectionsMarshal.GetValueRefOrAddDefault(lookup, word, out _)++;
    }

    private void AddCharacters(List<KeyValuePair<string, long>> words, int minFrequency)
    {
        var runes = words.ConvertAll(word => Runes(word.Key));
        if (minFrequency > 1)
        {
            var frequencies = runes.Zip(words).SelectMany(word => word.First.Runes.Select(rune => (rune, word.Second.Value)))
                .AggregateBy(seen => seen.rune, 0L, (sum, seen) => sum + seen.Value).ToDictionary();
            words = [.. words.Where((_, i) => Array.TrueForAll(runes[i].Runes, rune => frequencies[rune] >= minFrequency))];
            runes = words.ConvertAll(word => Runes(word.Key));
        }

        // What stands in longer words gets both forms: where it stood may be chance.
        Add(runes.SelectMany(word => word.Runes).Distinct().Order().Select(rune => rune.ToString()));
        Add(runes.Where(word => word.Continues || word.Runes.Length > 1).SelectMany(word => word.Runes).Distinct().Order()
            .Select(rune => Vocabulary.Continuation + rune));

        foreach (var ((continues, word), (_, count)) in runes.Zip(words))
        {
            var pieces = word.Select((rune, i) => _ids[i == 0 && !continues ? rune.ToString() : Vocabulary.Continuation + rune]);
            _words.Add(([.. pieces], count));
        }

        static (bool Continues, Rune[] Runes) Runes(string word) => word.StartsWith(Vocabulary.Continuation, StringComparison.Ordinal)
            ? (true, [.. word.EnumerateRunes().Skip(Vocabulary.Continuation.Length)])
            : (false, [.. word.EnumerateRunes()]);
    }

    private void CountPairs()
    {
        for (var word = 0; word < _words.Count; word++)
        {
            var (pieces, count) = _words[word];
            for (var i = 0; i + 1 < pieces.Count; i++)
            {
                Change((pieces[i], pieces[i + 1]), count, word);
            }
        }

        foreach (var (pair, found) in _pairs)
        {
            Enqueue(pair, found.Count);
        }
    }

    private void Merge(int size, int minFrequency)
    {
        while (_pieces.Count < size && _queue.TryDequeue(out var pair, out var priority))
        {
            // Counts change after a pair was queued; what is out of date goes back with its count of now.
            if (!_pairs.TryGetValue(pair, out var found) || found.Count != -priority.Count)
            {
                Enqueue(pair, found?.Count ?? 0);
                continue;
            }

            if (found.Count < minFrequency)
            {
                break;
            }

            _pairs.Remove(pair);
            Merge(pair, Add(_pieces[pair.Left] + _pieces[pair.Right][Vocabulary.Continuation.Length..]), found.Words);
        }
    }

    private void Merge((int Left, int Right) pair, int merged, HashSet<int> words)
    {
        var grown = new HashSet<(int Left, int Right)>();
        foreach (var word in words)
        {
            var (pieces, count) = _words[word];
            for (var i = 0; i + 1 < pieces.Count; i++)
            {
                if (pieces[i] != pair.Left || pieces[i + 1] != pair.Right)
                {
                    continue;
                }

                if (i > 0)
                {
                    Change((pieces[i - 1], pair.Left), -count, word);
                    Change((pieces[i - 1], merged), count, word);
                    grown.Add((pieces[i - 1], merged));
                }

                if (i + 2 < pieces.Count)
                {
                    if ((pair.Right, pieces[i + 2]) != pair) // in "aaa" both pairs are the one that is gone
                    {
                        Change((pair.Right, pieces[i + 2]), -count, word);
                    }

                    Change((merged, pieces[i + 2]), count, word);
                    grown.Add((merged, pieces[i + 2]));
                }

                pieces[i] = merged;
                pieces.RemoveAt(i + 1);
            }
        }

        foreach (var pairs in grown)
        {
            Enqueue(pairs, _pairs[pairs].Count);
        }
    }

    private void Change((int Left, int Right) pair, long count, int word)
    {
        ref var found = ref CollectionsMarshal.GetValueRefOrAddDefault(_pairs, pair, out _);
        found ??= new();
        found.Count += count;
        if (count > 0)
        {
            found.Words.Add(word);
        }
    }

    // The most frequent first; of equal ones the oldest pieces.
    private void Enqueue((int Left, int Right) pair, long count)
    {
        if (count > 0)
        {
            _queue.Enqueue(pair, (-count, pair.Left, pair.Right));
        }
    }

    private void Add(IEnumerable<string> pieces)
    {
        foreach (var piece in pieces)
        {
            Add(piece);
        }
    }

    private int Add(string piece)
    {
        if (_ids.TryAdd(piece, _pieces.Count))
        {
            _pieces.Add(piece);
        }

        return _ids[piece];
    }

    private sealed class Pair
    {
        public long Count;
        public readonly HashSet<int> Words = [];
    }
}
