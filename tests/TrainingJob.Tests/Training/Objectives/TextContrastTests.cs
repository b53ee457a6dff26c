using Droptune.TrainingJob.Training.Objectives;
using static TorchSharp.torch;

namespace Droptune.TrainingJob.Tests.Training.Objectives;

public sealed class TextContrastTests
{
    private static readonly float[][] Vectors = [[1, 0], [0.9f, 0.1f], [0, 2], [0.1f, 0.5f], [-1, -1]];

    [Fact]
    public void Of_SomeTexts_IsTheMeanOverThoseWithAnotherOfTheirLabel()
    {
        long[] labels = [3, 3, 5, 5, 7];

        using var loss = TextContrast.Of(tensor(Vectors.SelectMany(v => v).ToArray()).view(5, 2), tensor(labels));

        Assert.Equal(ByHand(labels), loss.item<float>(), 1e-4);
    }

    [Fact]
    public void Of_TextsWithoutALabel_AreOnlyWhatOthersAreToldFrom()
    {
        long[] labels = [3, 3, -100, -100, 7];

        using var loss = TextContrast.Of(tensor(Vectors.SelectMany(v => v).ToArray()).view(5, 2), tensor(labels));

        Assert.Equal(ByHand(labels), loss.item<float>(), 1e-4);
    }

    [Fact]
    public void Of_NoTwoTextsOfALabel_IsZeroAndHasAGradient()
    {
        using var vectors = tensor(Vectors.SelectMany(v => v).ToArray()).view(5, 2).requires_grad_();

        using var loss = TextContrast.Of(vectors, tensor(new long[] { 1, 2, 3, 4, -100 }));
        loss.backward();

        Assert.Equal(0, loss.item<float>());
        Assert.All(vectors.grad!.data<float>().ToArray(), gradient => Assert.Equal(0, gradient));
    }

    /// <summary>Equation 2 of Khosla et al. 2020 ("L out"), at 0.05.</summary>
    private static double ByHand(long[] labels)
    {
        var losses = new List<double>();
        for (var i = 0; i < labels.Length; i++)
        {
            var others = Enumerable.Range(0, labels.Length).Where(j => j != i).ToList();
            var same = others.Where(j => labels[i] >= 0 && labels[j] == labels[i]).ToList();
            if (same.Count > 0)
            {
                var all = Math.Log(others.Sum(j => Math.Exp(Cosine(Vectors[i], Vectors[j]) / 0.05)));
                losses.Add(-same.Average(j => (Cosine(Vectors[i], Vectors[j]) / 0.05) - all));
            }
        }

        return losses.Average();
    }

    private static double Cosine(float[] a, float[] b) => a.Zip(b, (x, y) => x * y).Sum() / Math.Sqrt(a.Sum(x => x * x) * b.Sum(x => x * x));
}
