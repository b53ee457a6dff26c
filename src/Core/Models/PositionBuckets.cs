namespace Droptune.Core.Models;

/// <summary>
/// Numbers of distances between two pieces (Raffel et al. 2020, "T5"; MPNet's modeling_mpnet.py): each of the near ones has its own, far
/// ones share one the more the farther they are, and each direction has half of all.
/// </summary>
public static class PositionBuckets
{
    public const int Count = 32;

    /// <summary>From here on all distances of a direction are one.</summary>
    public const int Farthest = 128;

    private const int Near = Count / 4;

    /// <summary>Those of the distances from <c>1 - length</c> to <c>length - 1</c>, of the piece that is read from the one that reads.</summary>
    public static long[] Of(int length) => [.. Enumerable.Range(1 - length, Math.Max(0, (2 * length) - 1)).Select(distance => (long)Bucket(Math.Abs(distance)) + (distance > 0 ? Count / 2 : 0))];

    private static int Bucket(int far) => far < Near ? far
        : Math.Min((Count / 2) - 1, Near + (int)(MathF.Log((float)far / Near) / MathF.Log((float)Farthest / Near) * Near));
}
