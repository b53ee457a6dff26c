namespace Droptune.TrainingJob.Training.Objectives;

/// <summary>How much each class counts in the loss, by how often it occurs; the mean over all examples is 1.</summary>
public static class ClassWeights
{
    /// <summary>Near 1, so that the effective number differs from the plain count only for classes of thousands of examples.</summary>
    private const double Beta = 0.9999;

    /// <summary>
    /// Null for "none"; "inverse" divides by the count; "effective" by the effective number of examples, (1 - βⁿ) / (1 - β)
    /// (Cui et al. 2019, "Class-Balanced Loss Based on Effective Number of Samples"). A class that does not occur weighs 1.
    /// </summary>
    public static float[]? Of(string kind, long[] counts)
    {
        if (kind == "none")
        {
            return null;
        }

        var weights = counts.Select(count => kind switch
        {
            "inverse" => 1.0 / Math.Max(1, count),
            "effective" => (1 - Beta) / (1 - Math.Pow(Beta, Math.Max(1, count))),
            _ => throw new NotSupportedException($"classWeights '{kind}' is not supported"),
        }).ToArray();
        var mean = weights.Zip(counts, (weight, count) => weight * count).Sum() / Math.Max(1, counts.Sum());

        return [.. weights.Zip(counts, (weight, count) => count == 0 ? 1f : (float)(weight / mean))];
    }
}
