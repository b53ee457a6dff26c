using TorchSharp;
using static TorchSharp.torch;

namespace Droptune.TrainingJob.Training;

/// <summary>How many tokens a batch has and how large a step is, where the job spec leaves it open, and why.</summary>
/// <param name="Tokens">Of a batch.</param>
/// <param name="LearningRate">The peak.</param>
/// <param name="Reason">Why so many tokens.</param>
public sealed record BatchChoice(int Tokens, double LearningRate, string Reason)
{
    private const int Least = 512;

    // From scratch a CPU's batches leave a GPU idle. Four times as many tokens at twice the rate (the square root, as Adam's noise
    // falls with it) end at the same score, eight times as many a point below (bench/results/gpu.md).
    private const int Larger = 4;

    // Parameter, gradient, two moments, the best epoch's, the step's denominator: 4 bytes each; two 16-bit copies.
    private const long BytesAParameter = 28;

    // What a layer keeps of a token for its gradient, in widths, in 16 bits (Korthikanti et al. 2022, "Reducing Activation
    // Recomputation in Large Transformer Models", without the attention matrix, which is not kept).
    private const long BytesAWidth = 34;

    private const double UsableMemory = 0.8; // of all: the CUDA context, and what lies between two tensors

    /// <param name="asked">The options as they were asked for.</param>
    /// <param name="filled">The same with every default for a CPU filled in.</param>
    /// <param name="model">Its sizes.</param>
    /// <param name="isScratch">Whether it starts from random weights.</param>
    /// <param name="device">Where it is trained.</param>
    /// <param name="precision">In what.</param>
    /// <param name="memory">The device's, in bytes; null if unknown.</param>
    public static BatchChoice Of(
        Optimisation asked, Optimisation filled, ModelConfig model, bool isScratch, DeviceType device, ScalarType precision, long? memory)
    {
        var (tokens, rate) = (filled.BatchTokens!.Value, filled.LearningRate!.Value);
        if (asked.BatchTokens is not null)
        {
            return new(tokens, rate, "asked for");
        }

        if (device == DeviceType.CPU)
        {
            return new(tokens, rate, "the default on a CPU");
        }

        if (asked.LearningRate is not null)
        {
            return new(tokens, rate, "the default that the learning rate asked for goes with");
        }

        var wanted = isScratch ? Larger * tokens : tokens;
        var chosen = wanted;
        while (chosen > Least && MemoryNeeded(model, chosen, precision) > UsableMemory * memory)
        {
            chosen /= 2;
        }

        var reason = chosen < wanted ? "as many as its memory holds" : isScratch ? $"{Larger} times a CPU's, to keep a GPU busy" : "the default of a base model";
        return new(chosen, rate * Math.Sqrt((double)chosen / tokens), reason);
    }

    /// <summary>About how many bytes a training takes on a GPU.</summary>
    public static long MemoryNeeded(ModelConfig model, int tokens, ScalarType precision)
    {
        long width = model.HiddenSize;
        var layer = (4 * width * width) + (2 * width * model.IntermediateSize);
        var parameters = ((model.VocabSize + model.MaxPositionEmbeddings) * width) + (model.NumHiddenLayers * layer);
        var activations = tokens * width * BytesAWidth * (model.NumHiddenLayers + 1) * (precision == ScalarType.Float32 ? 2 : 1);
        return (parameters * BytesAParameter) + activations;
    }
}
