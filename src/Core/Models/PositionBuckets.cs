namespace Droptune.Core.Models;

/// <summary>
/// Numbers of distances between two pieces: each of the near ones has its own, far ones share one the more the farther they are, and each
/// direction has half of all. Where nothing else is said, as in MPNet (Raffel et al. 2020, "T5"; modeling_mpnet.py).
/// </summary>
public static class PositionBuckets
{
    public const int Count = 32;

    /// <summary>From here on all distances of a direction are one.</summary>
    public const int Farthest = 128;

    private const int Near = Count / 4;

    /// <summary>Those of the distances from <c>1 - length</c> to <c>length - 1</c>, of the piece that is read from the one that reads.</summary>
    public static long[] Of(int length) => [.. Enumerable.Range(1 - length, Math.Max(0, (2 * length) - 1)).Select(distance => (long)Bucket(Math.Abs(distance)) + (distance > 0 ? Count / 2 : 0))];

    /// <summary>
    /// DeBERTa's (He et al. 2021, arXiv:2006.03654; modeling_deberta_v2.py) of the distances from <c>-length</c> to <c>length</c>, of the
    /// piece that reads from the one that is read: rows of a table in which 0 has the number of <see cref="ModelConfig.DistanceBuckets"/>.
    /// </summary>
    public static long[] OfDistances(ModelConfig config, int length)
    {
        var (buckets, scale) = (config.DistanceBuckets!.Value, config.FarthestDistance - 1);
        var near = buckets / 2;
        return [.. Enumerable.Range(-length, (2 * length) + 1).Select(distance => (long)Math.Clamp(buckets + (Math.Sign(distance) * Number(Math.Abs(distance))), 0, (2 * buckets) - 1))];

        int Number(int far) => far <= near ? far
            : near + (int)MathF.Ceiling(MathF.Log((float)far / near) / MathF.Log((float)scale / near) * (near - 1));
    }

    private static int Bucket(int far) => far < Near ? far
        : Math.Min((Count / 2) - 1, Near + (int)(MathF.Log((float)far / Near) / MathF.Log((float)Farthest / Near) * Near));
}
