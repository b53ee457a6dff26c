using Droptune.TrainingJob.Model;

using static TorchSharp.torch;

namespace Droptune.TrainingJob.Training.Optimizer.Cpu;

/// <summary>AdamW over whole tensors, as torch.optim.AdamW computes it, with clipping by the global norm.</summary>
public sealed class AdamW : IDisposable
{
    private const int ChunkLength = 1 << 16; // fits the second-level cache, and gives two threads even work

    private readonly Weight[] _weights;
    private readonly double[] _rateScales;
    private readonly double _weightDecay;
    private readonly Tensor[] _first;
    private readonly Tensor[] _second;
    private readonly (int Weight, int Start, int Length)[] _chunks;

    /// <param name="weights">What is updated.</param>
    /// <param name="weightDecay">Of the weights that decay.</param>
    /// <param name="rateScale">A factor of the learning rate by weight.</param>
    public AdamW(IEnumerable<Weight> weights, double weightDecay, Func<Weight, double> rateScale)
    {
        _weights = [.. weights];
        _weightDecay = weightDecay;
        _rateScales = [.. _weights.Select(rateScale)];
        _first = [.. _weights.Select(Zeros)];
        _second = [.. _weights.Select(Zeros)];
        _chunks = [.. _weights.SelectMany((weight, index) => Chunks(index, (int)weight.Value.numel()))];

        static Tensor Zeros(Weight weight) => zeros_like(weight.Value).DetachFromDisposeScope();
    }

    /// <summary>Steps done.</summary>
    public int Steps { get; private set; }

    /// <summary>The sum of squares of all gradients.</summary>
    public double SumOfSquares(IReadOnlyList<Tensor> gradients)
    {
        // Summed in a fixed order, so that two threads give the same result as one.
        var values = gradients.Select(g => new Floats(g)).ToArray();
        var sums = new double[_chunks.Length];
        Parallel.For(0, _chunks.Length, c =>
        {
            var (weight, start, length) = _chunks[c];
            sums[c] = AdamStep.SumOfSquares(values[weight].Slice(start, length));
        });

        return sums.Sum();
    }

    /// <summary>Updates every weight with <paramref name="scale"/> times its gradient.</summary>
    public void Step(IReadOnlyList<Tensor> gradients, double learningRate, double scale)
    {
        Steps++;
        var steps = _weights.Select((w, i) => new AdamStep(Steps, learningRate * _rateScales[i], DecayOf(w))).ToArray();
        var (parameters, first, second) = (All(_weights.Select(w => w.Value)), All(_first), All(_second));
        var values = All(gradients);
        Parallel.For(0, _chunks.Length, c =>
        {
            var (weight, start, length) = _chunks[c];
            steps[weight].Apply(
                parameters[weight].Slice(start, length), values[weight].Slice(start, length),
                first[weight].Slice(start, length), second[weight].Slice(start, length), (float)scale);
        });

        static Floats[] All(IEnumerable<Tensor> tensors) => [.. tensors.Select(t => new Floats(t))];
    }

    /// <summary>The moments by name, for a checkpoint.</summary>
    public IEnumerable<(string Name, Tensor Value)> State() => _weights.Index().SelectMany(
        w => new[] { ($"first.{w.Item.Name}", _first[w.Index]), ($"second.{w.Item.Name}", _second[w.Index]) });

    /// <summary>Continues after so many steps; their moments are copied into <see cref="State"/>.</summary>
    public void Continue(int steps) => Steps = steps;

    public void Dispose()
    {
        foreach (var moment in _first.Concat(_second))
        {
            moment.Dispose();
        }
    }

    private static IEnumerable<(int Weight, int Start, int Length)> Chunks(int weight, int length)
    {
        for (var start = 0; start < length; start += ChunkLength)
        {
            yield return (weight, start, Math.Min(ChunkLength, length - start));
        }
    }

    private double DecayOf(Weight weight) => weight.Decays ? _weightDecay : 0;
}
