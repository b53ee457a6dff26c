using System.Buffers;
using Droptune.Core.Labels;

namespace Droptune.Core.Inference;

/// <summary>Turns the logits of a sequence of units (units × tags, row by row) into IOB2 tags; one rule for training and serving.</summary>
public sealed class TagDecoder
{
    private const int Free = -1;

    private readonly IReadOnlyList<string> _tags;
    private readonly bool _constrained;

    // For I-X the id of B-X: it may follow only these two. Every other tag may stand anywhere.
    private readonly int[] _begin;

    /// <param name="tags">The names by id.</param>
    /// <param name="constrained">Whether <see cref="Decode"/> gives legal sequences only.</param>
    public TagDecoder(IReadOnlyList<string> tags, bool constrained = true)
    {
        var ids = new LabelSet(tags);
        (_tags, _constrained) = (tags, constrained);
        _begin = [.. tags.Select(tag => Iob2.Continues(tag) && ids.TryGetId(Iob2.Begin + Iob2.Label(tag), out var begin) ? begin : Free)];
    }

    /// <summary>The tags that the model predicts: by <see cref="Viterbi"/>, or by <see cref="Argmax"/> where it is not constrained.</summary>
    public int[] Decode(ReadOnlySpan<float> logits) => _constrained ? Viterbi(logits) : Argmax(logits);

    /// <summary>The likeliest tag of each unit by itself; the result may break IOB2.</summary>
    public int[] Argmax(ReadOnlySpan<float> logits)
    {
        var best = new int[logits.Length / _tags.Count];
        for (var unit = 0; unit < best.Length; unit++)
        {
            best[unit] = Softmax.IndexOfMax(Row(logits, unit));
        }

        return best;
    }

    /// <summary>
    /// The likeliest sequence in which every I-X follows a B-X or I-X (Viterbi with transitions that are allowed or not). Time
    /// is units × tags: what may follow anything starts from the best tag so far, and I-X from one of two.
    /// </summary>
    public int[] Viterbi(ReadOnlySpan<float> logits)
    {
        var (tags, units) = (_tags.Count, logits.Length / _tags.Count);
        var path = new int[units];
        if (units == 0)
        {
            return path;
        }

        var cells = ArrayPool<int>.Shared.Rent(units * tags);
        var from = cells.AsSpan(0, units * tags); // the tag before, at each unit and tag
        var scores = new float[tags];
        var next = new float[tags];
        for (var tag = 0; tag < tags; tag++)
        {
            scores[tag] = _begin[tag] == Free ? logits[tag] : float.NegativeInfinity;
        }

        for (var unit = 1; unit < units; unit++)
        {
            var row = Row(logits, unit);
            var best = Softmax.IndexOfMax(scores);
            for (var tag = 0; tag < tags; tag++)
            {
                var before = _begin[tag] is not Free and var begin ? (scores[begin] >= scores[tag] ? begin : tag) : best;
                from[(unit * tags) + tag] = before;
                next[tag] = scores[before] + row[tag];
            }

            (scores, next) = (next, scores);
        }

        path[^1] = Softmax.IndexOfMax(scores);
        for (var unit = units - 1; unit > 0; unit--)
        {
            path[unit - 1] = from[(unit * tags) + path[unit]];
        }

        ArrayPool<int>.Shared.Return(cells);
        return path;
    }

    /// <summary>The entities of a tag sequence, each with the mean probability of its tags.</summary>
    public IReadOnlyList<TaggedSpan> Spans(ReadOnlySpan<int> tagIds, ReadOnlySpan<float> logits)
    {
        var scores = Scores(tagIds, logits);
        return [.. Iob2.Entities(Names(tagIds)).Select(found =>
            new TaggedSpan(found.Start, found.End, found.Label, scores[found.Start..found.End].Average()))];
    }

    /// <summary>The probability of each unit's tag.</summary>
    public float[] Scores(ReadOnlySpan<int> tagIds, ReadOnlySpan<float> logits)
    {
        var scores = new float[tagIds.Length];
        for (var unit = 0; unit < scores.Length; unit++)
        {
            scores[unit] = Softmax.At(Row(logits, unit), tagIds[unit]);
        }

        return scores;
    }

    public string[] Names(ReadOnlySpan<int> tagIds)
    {
        var names = new string[tagIds.Length];
        for (var unit = 0; unit < names.Length; unit++)
        {
            names[unit] = _tags[tagIds[unit]];
        }

        return names;
    }

    private ReadOnlySpan<float> Row(ReadOnlySpan<float> logits, int unit) => logits.Slice(unit * _tags.Count, _tags.Count);
}

/// <summary>An entity over units <paramref name="Start"/> to <paramref name="End"/> (exclusive).</summary>
public readonly record struct TaggedSpan(int Start, int End, string Label, float Score);
