namespace Droptune.Core.Inference.Batching;

/// <summary>Which of the windows that wait form the next batch: the oldest, and those nearest to it in length.</summary>
internal static class BatchChoice
{
    // What a run costs beside its pieces, in pieces: the weights stream through the cache once. Less padding than that is
    // cheaper than another run.
    private const int RunCost = 32;

    // At most this part of a larger batch is padding: 1/10.
    private const int PaddingShare = 10;

    /// <summary>Chooses by numbers alone: how many windows wait, and how many of them are taken, by their length.</summary>
    /// <param name="waiting">How many of each length wait.</param>
    /// <param name="oldest">The length of the one that waits longest, which is taken in any case.</param>
    /// <param name="budget">Most pieces of the batch, padding included.</param>
    /// <param name="taken">Receives how many of each length are taken.</param>
    /// <returns>The pieces in the batch, without padding.</returns>
    public static int Choose(ReadOnlySpan<int> waiting, int oldest, int budget, Span<int> taken)
    {
        taken.Clear();
        var (count, pieces, width) = (0, 0, oldest);
        var shorter = TakeAll(oldest, waiting, taken);
        var longer = shorter;
        for (var distance = 1; shorter || longer; distance++)
        {
            shorter = shorter && oldest - distance > 0 && TakeAll(oldest - distance, waiting, taken);
            longer = longer && oldest + distance < waiting.Length && TakeAll(oldest + distance, waiting, taken);
        }

        return pieces;

        // False when a window of this length no longer fits: one of a length further away does not either.
        bool TakeAll(int length, ReadOnlySpan<int> waiting, Span<int> taken)
        {
            for (; taken[length] < waiting[length]; taken[length]++)
            {
                var padded = Math.Max(width, length) * (count + 1);
                var padding = padded - pieces - length;
                if (count > 0 && (padded > budget || padding > RunCost + (padded / PaddingShare)))
                {
                    return false;
                }

                (count, pieces, width) = (count + 1, pieces + length, Math.Max(width, length));
            }

            return true;
        }
    }
}
