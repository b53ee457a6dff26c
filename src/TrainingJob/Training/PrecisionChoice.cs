using Droptune.TrainingJob.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Droptune.TrainingJob.Training;

/// <summary>What a training's matrix products are computed in, and why.</summary>
public sealed record PrecisionChoice(ScalarType Type, string Reason)
{
    private static readonly Version HasBFloat16 = new(8, 0); // A100 and later
    private static readonly Version HasFloat16 = new(7, 0); // V100 and T4: products in float16 on tensor cores

    public string Name => $"{Type}".ToLowerInvariant();

    /// <param name="asked">"auto", "float32", "bfloat16" or "float16".</param>
    /// <param name="device">Where the training runs; a CPU computes all of them, float32 fastest.</param>
    /// <param name="gpu">Null on a CPU, or if the driver does not say.</param>
    /// <exception cref="NotSupportedException">The GPU lacks what is asked for.</exception>
    public static PrecisionChoice Of(string asked, DeviceType device, Gpu? gpu) => asked switch
    {
        "auto" when device == DeviceType.CPU => new(ScalarType.Float32, "there is no GPU"),
        "auto" when gpu is null => new(ScalarType.Float32, "the driver does not say what the GPU can do"),
        "auto" when gpu.Capability >= HasBFloat16 => new(ScalarType.BFloat16, "the GPU has it"),
        "auto" when gpu.Capability >= HasFloat16 => new(ScalarType.Float16, "the GPU has it, and no bfloat16"),
        "auto" => new(ScalarType.Float32, "the GPU has nothing faster"),
        "bfloat16" => new(ScalarType.BFloat16, Asked(asked, HasBFloat16, gpu)),
        "float16" => new(ScalarType.Float16, Asked(asked, HasFloat16, gpu)),
        _ => new(ScalarType.Float32, "asked for"),
    };

    private static string Asked(string precision, Version needed, Gpu? gpu) => gpu is null || gpu.Capability >= needed
        ? "asked for"
        : throw new NotSupportedException(
            $"optimisation.precision is '{precision}', which needs a GPU of compute capability {needed}; {gpu.Name} has {gpu.Capability}: use 'auto'.");
}
