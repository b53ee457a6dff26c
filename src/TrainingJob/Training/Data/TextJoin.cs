using System.Runtime.InteropServices;

namespace Droptune.TrainingJob.Training.Data;

/// <summary>
/// Adds texts that are joined and cut anywhere between units, as a text that is longer than the model reads is cut into windows:
/// trained on one sentence each, a model from scratch finds half the entities of twenty. Texts of a label are joined, as entities may
/// depend on it; where labels meet, what is joined has none.
/// </summary>
/// <param name="most">Texts that are joined, drawn at random; each stays there by itself, too.</param>
/// <param name="maxLength">Pieces a sequence.</param>
public sealed class TextJoin(int most, int maxLength)
{
    /// <summary>The training data, sequence by sequence, and behind it what is joined.</summary>
    public EncodedSplit Apply(EncodedSplit split, Random random)
    {
        if (most == 0)
        {
            return split;
        }

        var varied = new EncodedSplit();
        for (var sequence = 0; sequence < split.Count; sequence++)
        {
            varied.Add(split.Ids(sequence), split.Tags(sequence), split.TextLabel(sequence));
        }

        var chosen = Enumerable.Range(0, split.Count).ToArray();
        random.Shuffle(chosen);
        chosen = [.. chosen.Take(most).OrderBy(split.TextLabel)];
        var (ids, tags, borders) = (new List<int>(), new List<int>(), new List<int>()); // of texts
        foreach (var sequence in chosen)
        {
            borders.Add(ids.Count);
            ids.AddRange(split.Ids(sequence)[1..^1]);
            tags.AddRange(split.Tags(sequence)[1..^1]);
        }

        var next = 0; // border
        for (int start = 0, end; start < ids.Count; start = end)
        {
            end = Math.Min(start + random.Next(maxLength / 2, maxLength + 1) - 2, ids.Count);
            for (; next < borders.Count && borders[next] <= end; next++)
            {
            }

            if (random.Next(2) == 0 && borders[next - 1] > start)
            {
                end = borders[next - 1];
            }

            while (end < ids.Count && end > start + 1 && tags[end] == EncodedSplit.Ignored)
            {
                end--; // to the first piece of a unit
            }

            var (from, to) = (TextAt(start), TextAt(end - 1));
            varied.Add(
                [split.Ids(0)[0], .. CollectionsMarshal.AsSpan(ids)[start..end], split.Ids(0)[^1]],
                [EncodedSplit.Ignored, .. CollectionsMarshal.AsSpan(tags)[start..end], EncodedSplit.Ignored],
                split.TextLabel(from) == split.TextLabel(to) ? split.TextLabel(from) : EncodedSplit.Ignored);
        }

        return varied;

        int TextAt(int piece)
        {
            var found = borders.BinarySearch(piece);
            return chosen[found >= 0 ? found : ~found - 1];
        }
    }
}
