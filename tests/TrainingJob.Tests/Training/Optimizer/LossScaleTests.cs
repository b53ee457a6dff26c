using Droptune.TrainingJob.Training.Optimizer;

namespace Droptune.TrainingJob.Tests.Training.Optimizer;

public sealed class LossScaleTests
{
    [Fact]
    public void After_Overflow_HalvesAndCounts()
    {
        var scale = new LossScale().After(overflowed: false).After(overflowed: true);

        Assert.Equal(new() { Scale = 32768, GoodSteps = 0, Skipped = 1 }, scale);
    }

    [Fact]
    public void After_ManyGoodSteps_Doubles()
    {
        var scale = new LossScale();
        for (var step = 0; step < 2000; step++)
        {
            scale = scale.After(overflowed: false);
        }

        Assert.Equal(new() { Scale = 131072 }, scale);
    }
}
