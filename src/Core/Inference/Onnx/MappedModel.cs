using System.Runtime.Intrinsics.X86;
using Microsoft.ML.OnnxRuntime;

namespace Droptune.Core.Inference.Onnx;

/// <summary>
/// An ONNX model in the form that starts fastest on this machine: its weights, packed as the processor's kernels read them, lie
/// in a file beside it that ONNX Runtime maps into memory. Nothing is read before it is used, and nothing is copied.
/// </summary>
public static class MappedModel
{
    private const string Weights = ".weights";
    private const string LeastMappedBytes = "1024"; // smaller ones stay in the model file

    /// <summary>What the packed weights depend on, beside the model.</summary>
    public static string Machine { get; } = $"{typeof(InferenceSession).Assembly.GetName().Version} {Processor()}";

    /// <summary>Puts the mapped form in the place of a model file.</summary>
    public static void Replace(string path) => OnnxThread.Run(() =>
    {
        var mapped = $"{path}.mapped";
        using (var options = QuietOnnx.Options())
        {
            options.GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL; // as it is served: see OnnxSession
            options.IntraOpNumThreads = 1;
            options.OptimizedModelFilePath = mapped;
            options.AddSessionConfigEntry("session.optimized_model_external_initializers_file_name", Path.GetFileName(path) + Weights);
            options.AddSessionConfigEntry("session.optimized_model_external_initializers_min_size_in_bytes", LeastMappedBytes);
            options.AddSessionConfigEntry("session.save_external_prepacked_constant_initializers", "1");
            new InferenceSession(path, options).Dispose();
        }

        File.Move(mapped, path, overwrite: true);
        return path;
    });

    /// <summary>Size of a model with its weights, mapped or not.</summary>
    public static long Size(string path)
    {
        var weights = new FileInfo(path + Weights);
        return new FileInfo(path).Length + (weights.Exists ? weights.Length : 0);
    }

    // The instructions it has, as CPUID tells them; other architectures have no such list.
    private static string Processor()
    {
        if (!X86Base.IsSupported)
        {
            return Environment.MachineName;
        }

        var (_, _, basic, _) = X86Base.CpuId(1, 0);
        var (_, b, c, d) = X86Base.CpuId(7, 0);
        var (more, _, _, _) = X86Base.CpuId(7, 1);
        return $"{basic:x}-{b:x}-{c:x}-{d:x}-{more:x}";
    }
}
