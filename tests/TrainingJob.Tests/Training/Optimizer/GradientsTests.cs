using System.Runtime.InteropServices;
using Droptune.TrainingJob.Training.Optimizer;
using static TorchSharp.torch;

namespace Droptune.TrainingJob.Tests.Training.Optimizer;

public sealed class GradientsTests
{
    [Fact]
    public void Of_NativeExceptionInTheBackwardPass_IsThrownAndLeavesNoGradient()
    {
        using var scope = NewDisposeScope();
        var (first, second) = (randn(3).requires_grad_(), randn(3).requires_grad_());
        var changed = second.sigmoid();
        var loss = (first * 2).sum() + changed.square().sum();
        using (no_grad())
        {
            changed.add_(1);
        }

        var error = Assert.Throws<ExternalException>(() => Gradients.Of(loss, [first, second]));

        Assert.Contains("modified by an inplace operation", error.Message, StringComparison.Ordinal);
        Assert.Null(first.grad);
        Assert.Null(second.grad);
    }

    [Fact]
    public void Of_CalledTwice_DoesNotAddUp()
    {
        using var scope = NewDisposeScope();
        var leaf = ones(3).requires_grad_();

        Gradients.Of((leaf * 2).sum(), [leaf]);
        var gradient = Gradients.Of((leaf * 2).sum(), [leaf]).Single();

        Assert.Equal([2f, 2f, 2f], gradient.data<float>().ToArray());
    }
}
