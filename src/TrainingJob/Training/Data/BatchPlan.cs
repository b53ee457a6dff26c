namespace Droptune.TrainingJob.Training.Data;

/// <summary>
/// Which sequences stand together in a batch: of like length, so that little is padding, and as many as fit a budget of
/// tokens (rows × longest), in an order that is shuffled within and between.
/// </summary>
public static class BatchPlan
{
    private const int TextsOfALabel = 4;
    private const double Spread = 0.5; // of lengths that count as like

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

    /// <summary>
    /// The same with texts of one label together in fours, of several labels in a batch: what a loss needs that compares texts. Both are of about
    /// one length, other ones in each epoch.
    /// </summary>
    /// <param name="split">The sequences.</param>
    /// <param name="tokens">Budget; a larger four is a batch by itself.</param>
    /// <param name="random">The same seed gives the same plan.</param>
    public static IReadOnlyList<int[]> OfLabels(EncodedSplit split, int tokens, Random random)
    {
        var fours = Enumerable.Range(0, split.Count).GroupBy(split.TextLabel)
            .SelectMany(label => label.OrderBy(Length).Chunk(label.Key == EncodedSplit.Ignored ? 1 : TextsOfALabel))
            .OrderBy(texts => Length(texts[^1]));
        var (batches, batch, longest) = (new List<int[]>(), new List<int>(), 0);
        foreach (var four in fours)
        {
            longest = Math.Max(longest, four.Max(split.Length));
            if (batch.Count > 0 && longest * (batch.Count + four.Length) > tokens)
            {
                batches.Add([.. batch]);
                batch.Clear();
                longest = four.Max(split.Length);
            }

            batch.AddRange(four);
        }

        if (batch.Count > 0)
        {
            batches.Add([.. batch]);
        }

        var order = batches.ToArray();
        random.Shuffle(order);
        return order;

        double Length(int sequence) => split.Length(sequence) * (1 + (Spread * random.NextDouble()));
    }
}
