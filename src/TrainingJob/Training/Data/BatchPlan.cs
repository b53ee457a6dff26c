namespace Droptune.TrainingJob.Training.Data;

/// <summary>
/// Which sequences stand together in a batch: of like length, so that little is padding, and as many as fit a budget of
/// tokens (rows × longest), in an order that is shuffled within and between.
/// </summary>
public static class BatchPlan
{
    /// <param name="split">The sequences.</param>
    /// <param name="tokens">Budget; a longer sequence is a batch by itself.</param>
    /// <param name="random">The same seed gives the same plan; null keeps the order of length, for evaluation.</param>
    public static IReadOnlyList<int[]> Of(EncodedSplit split, int tokens, Random? random)
    {
        var (keys, sequences) = (new double[split.Count], new int[split.Count]);
        for (var i = 0; i < keys.Length; i++)
        {
            // Neighbours of one length differ from epoch to epoch; or they keep their order.
            (keys[i], sequences[i]) = (split.Length(i) + (random?.NextDouble() ?? (double)i / keys.Length), i);
        }

        Array.Sort(keys, sequences);
        var batches = new List<int[]>();
        for (int start = 0, end; start < sequences.Length; start = end)
        {
            var longest = split.Length(sequences[start]);
            for (end = start + 1; end < sequences.Length; end++)
            {
                longest = Math.Max(longest, split.Length(sequences[end]));
                if (longest * (end + 1 - start) > tokens)
                {
                    break;
                }
            }

            batches.Add(sequences[start..end]);
        }

        var order = batches.ToArray();
        random?.Shuffle(order);
        return order;
    }
}
