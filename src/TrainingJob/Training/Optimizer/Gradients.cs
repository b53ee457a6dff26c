using static TorchSharp.torch;

namespace Droptune.TrainingJob.Training.Optimizer;

/// <summary>The gradients of a loss.</summary>
internal static class Gradients
{
    /// <summary>0 for a leaf that the loss does not depend on. By <c>backward</c>, whose native exceptions TorchSharp catches; one in <c>autograd.grad</c> would end the process.</summary>
    public static Tensor[] Of(Tensor loss, IReadOnlyList<Tensor> leaves)
    {
        try
        {
            autograd.backward([loss], inputs: [.. leaves]);
            return [.. leaves.Select(leaf => leaf.grad ?? zeros_like(leaf))];
        }
        finally
        {
            foreach (var leaf in leaves)
            {
                leaf.grad = null;
            }
        }
    }
}
