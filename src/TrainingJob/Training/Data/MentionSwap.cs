using System.Runtime.InteropServices;
using Droptune.Core.Labels;

namespace Droptune.TrainingJob.Training.Data;

/// <summary>
/// Puts other mentions of the same label in the place of mentions at random ("mention replacement" of Dai and Adel 2020, "An
/// Analysis of Simple Data Augmentation for Named Entity Recognition"), so that what names an entity and where it stands are
/// learned apart. Every different mention of the training data is drawn as often.
/// </summary>
public sealed class MentionSwap
{
    private readonly EncodedSplit _split;
    private readonly LabelSet _tags;
    private readonly double _part;
    private readonly int _maxLength;
    private readonly Dictionary<string, List<(int[] Ids, int[] Tags)>> _mentions = [];
    private readonly List<(int Start, int End, string Label)>[] _found; // by sequence

    /// <param name="split">The training data.</param>
    /// <param name="tags">The model's.</param>
    /// <param name="part">Part of the mentions that are replaced.</param>
    /// <param name="maxLength">Pieces a sequence: a mention that makes it longer is not taken.</param>
    public MentionSwap(EncodedSplit split, LabelSet tags, double part, int maxLength)
    {
        (_split, _tags, _part, _maxLength) = (split, tags, part, maxLength);
        var known = new HashSet<string>();
        _found = [.. Enumerable.Range(0, split.Count).Select(Mentions)];
        for (var sequence = 0; sequence < split.Count; sequence++)
        {
            foreach (var (start, end, label) in _found[sequence])
            {
                var ids = split.Ids(sequence)[start..end];
                if (known.Add($"{label} {string.Join(' ', ids.ToArray())}"))
                {
                    var pool = CollectionsMarshal.GetValueRefOrAddDefault(_mentions, label, out _) ??= [];
                    pool.Add((ids.ToArray(), split.Tags(sequence)[start..end].ToArray()));
                }
            }
        }
    }

    /// <summary>The training data with other mentions, sequence by sequence.</summary>
    public EncodedSplit Apply(Random random)
    {
        if (_part == 0 || _mentions.Count == 0)
        {
            return _split;
        }

        var varied = new EncodedSplit();
        var (ids, tags) = (new List<int>(), new List<int>());
        for (var sequence = 0; sequence < _split.Count; sequence++)
        {
            ids.Clear();
            tags.Clear();
            var copied = 0;
            foreach (var (start, end, label) in _found[sequence])
            {
                CopyTo(start);
                if (random.NextDouble() >= _part)
                {
                    continue;
                }

                var pool = _mentions[label];
                var other = pool[random.Next(pool.Count)];
                if (ids.Count + other.Ids.Length + _split.Length(sequence) - end <= _maxLength)
                {
                    ids.AddRange(other.Ids);
                    tags.AddRange(other.Tags);
                    copied = end;
                }
            }

            CopyTo(_split.Length(sequence));
            varied.Add(CollectionsMarshal.AsSpan(ids), CollectionsMarshal.AsSpan(tags), _split.TextLabel(sequence));

            void CopyTo(int end)
            {
                ids.AddRange(_split.Ids(sequence)[copied..end]);
                tags.AddRange(_split.Tags(sequence)[copied..end]);
                copied = end;
            }
        }

        return varied;
    }

    /// <summary>First and one-past-last piece of each entity. None in a window of a longer text: an entity may be cut by its edge.</summary>
    private List<(int Start, int End, string Label)> Mentions(int sequence)
    {
        var found = new List<(int Start, int End, string Label)>();
        var tags = _split.IsWhole(sequence) ? _split.Tags(sequence) : [];
        for (int start = 1, end; start < tags.Length - 1; start = end)
        {
            var first = Name(tags[start]);
            for (end = start + 1; end < tags.Length - 1 && (tags[end] == EncodedSplit.Ignored || Iob2.Joins(first, Name(tags[end]))); end++)
            {
            }

            if (Iob2.Begins(first))
            {
                found.Add((start, end, Iob2.Label(first)));
            }
        }

        return found;
    }

    private string Name(int tag) => tag == EncodedSplit.Ignored ? Iob2.Outside : _tags[tag];
}
