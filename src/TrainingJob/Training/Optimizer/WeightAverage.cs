using Droptune.TrainingJob.Model;

using static TorchSharp.torch;

namespace Droptune.TrainingJob.Training.Optimizer;

/// <summary>
/// The exponential moving average of a model's weights, which is often better than the last ones. In the first steps it
/// follows faster, so that the random start does not stay in it.
/// </summary>
public sealed class WeightAverage(BertWeights weights, double decay) : IDisposable
{
    public BertWeights Weights { get; } = weights.Clone();

    /// <summary>Takes in the weights after a step, 1-based.</summary>
    public void Add(IModelOptimizer optimizer, int step)
    {
        optimizer.CatchUp(); // the average needs every row
        var follow = 1 - Math.Min(decay, (1.0 + step) / (10 + step));
        using var withoutGradient = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (average, current) in Weights.Storage.Zip(weights.Storage))
        {
            average.add_(current - average, alpha: follow);
        }
    }

    public void Dispose() => Weights.Dispose();
}
