using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Droptune.TrainingJob.Training.Optimizer.Cpu;

/// <summary>The values of a contiguous float32 tensor in the CPU's memory; the tensor must outlive it.</summary>
internal readonly unsafe struct Floats
{
    private readonly float* _start;

    public Floats(Tensor tensor)
    {
        if (!tensor.is_contiguous() || tensor.dtype != ScalarType.Float32)
        {
            throw new ArgumentException($"A contiguous float32 tensor is needed, not {tensor}", nameof(tensor));
        }

        _start = (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));
    }

    public Span<float> Slice(int start, int length) => new(_start + start, length);
}
