using System.Runtime.InteropServices;
using Droptune.TrainingJob.Torch;

namespace Droptune.TrainingJob.Tests.Torch;

public sealed class NativeFailureTests
{
    [Theory]
    [InlineData("CUDA out of memory. Tried to allocate 2.00 GiB.", true)]
    [InlineData("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`", true)]
    [InlineData("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes.", true)]
    [InlineData("CUDA error: device-side assert triggered", false)]
    public void Failure_NativeText_IsToldInOneLine(string line, bool isOutOfMemory)
    {
        var failure = new NativeException($"{line}\nException raised from malloc (most recent call first):\nframe #0");

        Assert.Equal(line, NativeFailure.Told(failure));
        Assert.Equal(isOutOfMemory, NativeFailure.IsOutOfMemory(failure));
    }

    private sealed class NativeException(string message) : ExternalException(message);
}
