using Droptune.TrainingJob.Torch;

namespace Droptune.TrainingJob.Tests.Torch;

public sealed class GpuTests
{
    [Fact]
    public void Find_AnyMachine_GpuOrNullButNoException()
    {
        var gpu = Gpu.Find();

        Assert.True(gpu is null || (gpu.Name.Length > 0 && gpu.Capability.Major > 0 && gpu.MemoryBytes > 0));
    }

    [Fact]
    public void ToString_T4_HasWhatAReaderAsks() =>
        Assert.Equal("Tesla T4, 15 GiB, compute capability 7.5, driver 12.4", $"{new Gpu("Tesla T4", new(7, 5), 15_843_721_216, "12.4")}");
}
