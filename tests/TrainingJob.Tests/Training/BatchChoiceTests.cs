using Droptune.Core.Jobs;
using Droptune.Core.Models;
using Droptune.TrainingJob.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Droptune.TrainingJob.Tests.Training;

public sealed class BatchChoiceTests
{
    [Theory]
    [InlineData("tiny", 2048, 4e-3, "4 times a CPU's, to keep a GPU busy")]
    [InlineData("mini", 4096, 2e-3, "4 times a CPU's, to keep a GPU busy")]
    [InlineData("base", 4096, 2 * 2e-3 / 6, "4 times a CPU's, to keep a GPU busy")]
    public void Of_ScratchOnAGpu_FourTimesTheTokensAtTwiceTheRate(string size, int tokens, double rate, string reason)
    {
        var choice = Choose(new(), new() { Size = size });

        Assert.Equal((tokens, reason), (choice.Tokens, choice.Reason));
        Assert.Equal(rate, choice.LearningRate, 1e-9);
    }

    [Fact]
    public void Of_BaseModelOnAGpu_IsAsOnTheCpu() =>
        Assert.Equal(new(4096, 2e-5, "the default of a base model"), Choose(new(), new() { Name = "bert" }));

    [Fact]
    public void Of_LittleMemory_AsManyAsItHolds()
    {
        var choice = Choose(new(), new() { Size = "base" }, memory: 5L << 30);

        Assert.Equal((2048, "as many as its memory holds"), (choice.Tokens, choice.Reason));
        Assert.Equal(Math.Sqrt(2) * 2e-3 / 6, choice.LearningRate, 1e-9);
    }

    [Fact]
    public void Of_Cpu_IsTheDefault() =>
        Assert.Equal(new(512, 2e-3, "the default on a CPU"), Choose(new(), new(), DeviceType.CPU));

    [Theory]
    [InlineData(333, null, 333, 2e-3, "asked for")]
    [InlineData(null, 1e-3, 512, 1e-3, "the default that the learning rate asked for goes with")]
    public void Of_AskedFor_IsTaken(int? tokens, double? rate, int expectedTokens, double expectedRate, string reason) =>
        Assert.Equal(new(expectedTokens, expectedRate, reason), Choose(new() { BatchTokens = tokens, LearningRate = rate }, new()));

    private static BatchChoice Choose(Optimisation asked, BaseModel start, DeviceType device = DeviceType.CUDA, long? memory = 16L << 30)
    {
        var size = ModelSize.Of(start.Size);
        var config = new ModelConfig
        {
            VocabSize = 30_000,
            HiddenSize = size.Hidden,
            NumHiddenLayers = size.Layers,
            NumAttentionHeads = size.Hidden / 64,
            IntermediateSize = 4 * size.Hidden,
        };
        return BatchChoice.Of(asked, asked.For(start), config, start.Name == BaseModel.Scratch, device, ScalarType.BFloat16, memory);
    }
}
