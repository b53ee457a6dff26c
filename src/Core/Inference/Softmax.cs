namespace Droptune.Core.Inference;

/// <summary>Probabilities of logits, and the place of the largest.</summary>
internal static class Softmax
{
    /// <summary>The probability at <paramref name="id"/> alone.</summary>
    public static float At(ReadOnlySpan<float> logits, int id)
    {
        var sum = 0f;
        foreach (var logit in logits)
        {
            sum += MathF.Exp(logit - logits[id]);
        }

        return 1 / sum;
    }

    public static float[] Of(ReadOnlySpan<float> logits)
    {
        var (probabilities, sum, largest) = (new float[logits.Length], 0f, logits[IndexOfMax(logits)]);
        for (var i = 0; i < logits.Length; i++)
        {
            sum += probabilities[i] = MathF.Exp(logits[i] - largest);
        }

        for (var i = 0; i < probabilities.Length; i++)
        {
            probabilities[i] /= sum;
        }

        return probabilities;
    }

    public static int IndexOfMax(ReadOnlySpan<float> values)
    {
        var best = 0;
        for (var i = 1; i < values.Length; i++)
        {
            if (values[i] > values[best])
            {
                best = i;
            }
        }

        return best;
    }
}
