using Droptune.TrainingJob.Model;
using Droptune.TrainingJob.Training.Data;
using static TorchSharp.torch;

namespace Droptune.TrainingJob.Training.Optimizer.Cpu;

/// <summary>
/// AdamW over all weights in float32, each weight in one pass, except that the word embeddings are updated row by row
/// (<see cref="RowAdamW"/>), with a gradient for the rows that a batch looks up and for no others.
/// </summary>
public sealed class CpuOptimizer : IModelOptimizer
{
    private readonly BertModel _model;
    private readonly double _clip;
    private readonly AdamW _dense;
    private readonly RowAdamW? _words;
    private readonly bool _wordsFrozen;
    private readonly List<Tensor> _leaves;
    private readonly List<Tensor> _sums = []; // gradients added up since the last step

    /// <param name="model">What is trained.</param>
    /// <param name="options">With every default filled in.</param>
    /// <param name="usesAllWords">Update every row of the word embeddings, because the loss uses all of them.</param>
    public CpuOptimizer(BertModel model, Optimisation options, bool usesAllWords)
    {
        (_model, _clip) = (model, options.GradientClip);
        var all = model.Weights.All;
        foreach (var weight in all)
        {
            weight.Value.requires_grad = weight.Layer >= options.FrozenLayers;
        }

        var table = all[0];
        _wordsFrozen = !table.Value.requires_grad;
        var byRow = !usesAllWords;
        var trained = all.Where(weight => weight.Value.requires_grad && !(byRow && weight == table)).ToList();
        _dense = new(trained, options.WeightDecay, Scale);
        _words = byRow && !_wordsFrozen ? new(table, options.WeightDecay, Scale(table)) : null;
        _leaves = [.. trained.Select(weight => weight.Value)];

        double Scale(Weight weight) => Math.Pow(options.LayerDecay, model.Config.NumHiddenLayers + 1 - weight.Layer);
    }

    public Tensor Embed(Batch batch)
    {
        var ids = batch.IdTensor(CPU);
        if (_words is null && !_wordsFrozen)
        {
            return _model.Embed(ids);
        }

        _words?.Use(batch.Ids);
        using var withoutGradient = no_grad();
        return _model.Embed(ids).requires_grad_(!_wordsFrozen);
    }

    public void Backward(Tensor loss, Tensor words, Batch batch)
    {
        var gradients = Gradients.Of(loss, _words is null ? _leaves : [.. _leaves, words]);
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

    public bool Update(double learningRate, int batches = 1, double? lossScale = null)
    {
        var divisor = batches * (lossScale ?? 1);
        var norm = Math.Sqrt(_dense.SumOfSquares(_sums) + (_words?.SumOfSquares() ?? 0)) / divisor;
        var overflowed = lossScale is not null && !double.IsFinite(norm);
        if (!overflowed)
        {
            var scale = Math.Min(1, _clip / (norm + 1e-6)) / divisor;
            _dense.Step(_sums, learningRate, scale);
            _words?.Step(learningRate, scale);
        }

        Forget();
        return !overflowed;
    }

    public void Forget()
    {
        _words?.Forget();
        _sums.ForEach(sum => sum.Dispose());
        _sums.Clear();
    }

    public void CatchUp() => _words?.CatchUp();

    public IEnumerable<(string Name, Tensor Value)> State() => [.. _dense.State(), .. _words?.State() ?? []];

    public void ContinueFrom(IReadOnlyList<double> rates)
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
