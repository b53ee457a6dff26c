using Droptune.TrainingJob.Model;
using static TorchSharp.torch;

namespace Droptune.TrainingJob.Tests.Model;

public sealed class DropoutMasksTests
{
    private const int Chunk = 1 << 16; // numbers that one thread draws

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void Next_Probability_DropsThatPartAndKeepsTheMean(double probability)
    {
        var mask = Numbers(new(), [3, 7, 50_021], probability);

        Assert.Equal(3 * 7 * 50_021, mask.Length);
        Assert.Equal(probability, mask.Count(value => value == 0) / (double)mask.Length, 0.002);
        Assert.All(mask.Where(value => value != 0).Distinct(), kept => Assert.Equal(1 / (1 - probability), kept, 1e-5));
    }

    [Theory]
    [InlineData(1)] // neighbours: two lanes of a vector
    [InlineData(16)] // one lane, one number later
    [InlineData(Chunk)] // two threads
    public void Next_NumbersSomeWayApart_AreIndependent(int distance)
    {
        var mask = Numbers(new(), [4 * Chunk], 0.5);

        var both = Enumerable.Range(0, mask.Length - distance).Count(i => mask[i] == 0 && mask[i + distance] == 0);

        Assert.Equal(0.25, both / (double)(mask.Length - distance), 0.005);
    }

    [Fact]
    public void Next_AfterTheSameSeed_DrawsTheSameAndThenAnother()
    {
        var (masks, others) = (new DropoutMasks(), new DropoutMasks());
        masks.Seed(7);
        var (first, second) = (Numbers(masks, [2 * Chunk], 0.1), Numbers(masks, [2 * Chunk], 0.1));

        masks.Seed(7);
        others.Seed(8);

        Assert.Equal(first, Numbers(masks, [2 * Chunk], 0.1));
        Assert.NotEqual(first, second);
        Assert.NotEqual(first, Numbers(others, [2 * Chunk], 0.1));
    }

    private static float[] Numbers(DropoutMasks masks, long[] shape, double probability)
    {
        using var scope = NewDisposeScope();
        var mask = masks.Next(shape, probability);
        Assert.Equal(shape, mask.shape);
        return mask.contiguous().data<float>().ToArray();
    }
}
