using Droptune.TrainingJob.Model;
using Droptune.TrainingJob.Training.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Droptune.TrainingJob.Training.Optimizer;

/// <summary>
/// Gradients and updates of a whole model: AdamW over all weights, except that on the CPU the word embeddings are updated
/// row by row (<see cref="RowAdamW"/>), with a gradient for the rows that a batch looks up and for no others.
/// </summary>
public sealed class ModelOptimizer : IDisposable
{
    private readonly BertModel _model;
    private readonly Device _device;
    private readonly double _clip;
    private readonly AdamW _dense;
    private readonly RowAdamW? _words;
    private readonly bool _wordsFrozen;
    private readonly List<Tensor> _leaves;
    private readonly List<Tensor> _sums = []; // gradients added up since the last step

    /// <param name="model">What is trained.</param>
    /// <param name="options">With every default filled in.</param>
    /// <param name="device">Where the model is.</param>
    /// <param name="denseWords">Update every row of the word embeddings, because the loss uses all of them.</param>
    public ModelOptimizer(BertModel model, Optimisation options, Device device, bool denseWords = false)
    {
        (_model, _device, _clip) = (model, device, options.GradientClip);
        var all = model.Weights.All;
        foreach (var weight in all)
        {
            weight.Value.requires_grad = weight.Layer >= options.FrozenLayers;
        }

        var table = all[0];
        _wordsFrozen = !table.Value.requires_grad;
        var byRow = device.type == DeviceType.CPU && !denseWords;
        var trained = all.Where(weight => weight.Value.requires_grad && !(byRow && weight == table)).ToList();
        _dense = new(trained, options.WeightDecay, Scale);
        _words = byRow && !_wordsFrozen ? new(table, options.WeightDecay, Scale(table)) : null;
        _leaves = [.. trained.Select(weight => weight.Value)];

        double Scale(Weight weight) => Math.Pow(options.LayerDecay, model.Config.NumHiddenLayers + 1 - weight.Layer);
    }

    /// <summary>The word embeddings of a batch, for <see cref="BertModel.Encode"/>.</summary>
    public Tensor Embed(Batch batch)
    {
        var ids = batch.IdTensor(_device);
        if (_words is null && !_wordsFrozen)
        {
            return _model.Embed(ids);
        }

        _words?.Use(batch.Ids);
        using var withoutGradient = no_grad();
        return _model.Embed(ids).requires_grad_(!_wordsFrozen);
    }

    /// <summary>Adds the gradients of a loss to those of the next step.</summary>
    public void Backward(Tensor loss, Tensor words, Batch batch)
    {
        var gradients = autograd.grad([loss], _words is null ? _leaves : [.. _leaves, words]);
        _words?.Add(batch.Ids, gradients[^1]);
        for (var i = 0; i < _leaves.Count; i++)
        {
            if (_sums.Count < _leaves.Count)
            {
                _sums.Add(gradients[i].contiguous().DetachFromDisposeScope());
            }
            else
            {
                _sums[i].add_(gradients[i]);
            }
        }
    }

    /// <summary>Updates the model, unless scaled gradients overflowed, and forgets the gradients.</summary>
    /// <param name="learningRate">Of this step.</param>
    /// <param name="batches">Whose gradients were added up.</param>
    /// <param name="lossScale">What the losses were multiplied by; null = nothing.</param>
    /// <returns>The norm of the gradient before clipping; not a finite number if it overflowed.</returns>
    public double Step(double learningRate, int batches = 1, double? lossScale = null)
    {
        var divisor = batches * (lossScale ?? 1);
        var norm = Math.Sqrt(_dense.SumOfSquares(_sums) + (_words?.SumOfSquares() ?? 0)) / divisor;
        if (lossScale is null || double.IsFinite(norm))
        {
            var scale = Math.Min(1, _clip / (norm + 1e-6)) / divisor;
            _dense.Step(_sums, learningRate, scale);
            _words?.Step(learningRate, scale);
        }

        Forget();
        return norm;
    }

    /// <summary>Drops the gradients added up since the last step.</summary>
    public void Forget()
    {
        _words?.Forget();
        _sums.ForEach(sum => sum.Dispose());
        _sums.Clear();
    }

    /// <summary>Makes every weight current, before the model is evaluated or saved.</summary>
    public void CatchUp() => _words?.CatchUp();

    /// <summary>Moments and steps by name, for a checkpoint.</summary>
    public IEnumerable<(string Name, Tensor Value)> State() => [.. _dense.State(), .. _words?.State() ?? []];

    /// <summary>Continues after steps with the given learning rates; what belongs to them is copied into <see cref="State"/>.</summary>
    public void Continue(IReadOnlyList<double> rates)
    {
        _dense.Continue(rates.Count);
        _words?.Continue(rates);
    }

    public void Dispose()
    {
        Forget();
        _dense.Dispose();
        _words?.Dispose();
    }
}
