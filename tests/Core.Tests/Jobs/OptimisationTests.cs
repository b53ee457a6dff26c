using Droptune.Core.Jobs;
using Droptune.Core.Models;

namespace Droptune.Core.Tests.Jobs;

public class OptimisationTests
{
    private static readonly BaseModel Base = new() { Name = "some-base" };

    [Theory]
    [InlineData(128, 8e-4, 1024)]
    [InlineData(256, 7.8e-4, 1024)]
    [InlineData(384, 2e-4, 1024)]
    [InlineData(768, 2e-5, 4096)]
    [InlineData(1024, 7.7e-6, 4096)]
    public void For_BaseModel_HasARateAndABatchByItsWidth(int width, double rate, int tokens)
    {
        var options = new Optimisation().For(Base, width);

        Assert.Equal((rate, tokens), (double.Parse($"{options.LearningRate:G2}"), options.BatchTokens));
        Assert.Null(options.Epochs); // its data decide
    }

    [Theory]
    [InlineData(1, 40)]
    [InlineData(20, 25)]
    [InlineData(83, 6)]
    [InlineData(10_000, 5)]
    public void EpochsFor_FewSteps_AreMany(int steps, int epochs) => Assert.Equal(epochs, Optimisation.EpochsFor(steps));

    [Fact]
    public void For_WhatIsAskedFor_IsKept()
    {
        var asked = new Optimisation { Epochs = 3, LearningRate = 1e-4, BatchTokens = 700 };

        var options = asked.For(Base, 256);

        Assert.Equal((3, 1e-4, 700), (options.Epochs, options.LearningRate, options.BatchTokens));
    }
}
