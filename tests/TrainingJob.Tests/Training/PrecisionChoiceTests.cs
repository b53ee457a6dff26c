using Droptune.TrainingJob.Torch;
using Droptune.TrainingJob.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Droptune.TrainingJob.Tests.Training;

public sealed class PrecisionChoiceTests
{
    [Theory]
    [InlineData("H100", "9.0", "auto", ScalarType.BFloat16, "the GPU has it")]
    [InlineData("A100", "8.0", "auto", ScalarType.BFloat16, "the GPU has it")]
    [InlineData("T4", "7.5", "auto", ScalarType.Float16, "the GPU has it, and no bfloat16")]
    [InlineData("V100", "7.0", "auto", ScalarType.Float16, "the GPU has it, and no bfloat16")]
    [InlineData("P100", "6.0", "auto", ScalarType.Float32, "the GPU has nothing faster")]
    [InlineData("A100", "8.0", "float16", ScalarType.Float16, "asked for")]
    [InlineData("T4", "7.5", "float32", ScalarType.Float32, "asked for")]
    public void Of_Gpu_ByItsCapability(string name, string capability, string asked, ScalarType type, string reason)
    {
        var choice = PrecisionChoice.Of(asked, DeviceType.CUDA, Some(name, capability));

        Assert.Equal(new(type, reason), choice);
    }

    [Theory]
    [InlineData(DeviceType.CPU, "auto", ScalarType.Float32, "there is no GPU")]
    [InlineData(DeviceType.CPU, "bfloat16", ScalarType.BFloat16, "asked for")]
    [InlineData(DeviceType.CUDA, "auto", ScalarType.Float32, "the driver does not say what the GPU can do")]
    [InlineData(DeviceType.CUDA, "bfloat16", ScalarType.BFloat16, "asked for")]
    public void Of_NoDescription_Float32UnlessAskedForMore(DeviceType device, string asked, ScalarType type, string reason) =>
        Assert.Equal(new(type, reason), PrecisionChoice.Of(asked, device, null));

    [Theory]
    [InlineData("T4", "7.5", "bfloat16", "8.0")]
    [InlineData("P100", "6.0", "float16", "7.0")]
    public void Of_WhatTheGpuLacks_SaysSo(string name, string capability, string asked, string needed)
    {
        var error = Assert.Throws<NotSupportedException>(() => PrecisionChoice.Of(asked, DeviceType.CUDA, Some(name, capability)));

        Assert.Equal(
            $"optimisation.precision is '{asked}', which needs a GPU of compute capability {needed}; {name} has {capability}: use 'auto'.", error.Message);
    }

    private static Gpu Some(string name, string capability) => new(name, Version.Parse(capability), 16L << 30, "12.4");
}
