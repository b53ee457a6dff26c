using Droptune.TrainingJob.Model;
using Droptune.TrainingJob.Training.Data;
using Droptune.TrainingJob.Training.Optimizer.Cpu;
using static TorchSharp.torch;

namespace Droptune.TrainingJob.Training.Optimizer;

/// <summary>
/// AdamW for a GPU, whose time goes into the launch of each operation: parameters, gradients and both moments are one tensor
/// each, in the order frozen, decayed, not decayed, so that a step is some twenty operations however many weights there are.
/// A model trained in 16 bits computes with a copy that is rounded once a step, and has its gradients in 16 bits.
/// </summary>
public sealed class FlatOptimizer : IModelOptimizer
{
    private readonly BertModel _model;
    private readonly Device _device;
    private readonly double _clip;
    private readonly double _weightDecay;
    private readonly BertWeights _used; // what the model computes with: its weights, or their copy in 16 bits
    private readonly Weight[] _trained;
    private readonly Tensor[] _leaves;
    private readonly Tensor _values;
    private readonly Tensor? _rounded;
    private readonly Tensor _gradient;
    private readonly Tensor _ofLeaves;
    private readonly Tensor? _ofWords; // (vocabulary, H); null when they are frozen
    private readonly Tensor _first;
    private readonly Tensor _second;
    private readonly Segment[] _segments;
    private int _steps;

    /// <param name="model">What is trained.</param>
    /// <param name="options">With every default filled in.</param>
    /// <param name="device">Where the model is.</param>
    /// <param name="usesAllWords">Whether the loss uses the word embeddings beyond looking them up.</param>
    public FlatOptimizer(BertModel model, Optimisation options, Device device, bool usesAllWords)
    {
        using var scope = NewDisposeScope();
        using var withoutGradient = no_grad();
        (_model, _device, _clip, _weightDecay) = (model, device, options.GradientClip, options.WeightDecay);
        var table = model.Weights.All[0];
        Weight[] order = [.. model.Weights.All.OrderBy(weight => IsFrozen(weight) ? 0 : weight.Decays ? 1 : 2)]; // stable: by layer within
        _trained = [.. order.SkipWhile(IsFrozen)];
        var flat = model.Weights.Flatten(order);
        var (frozen, count) = (flat.numel() - _trained.Sum(Length), _trained.Sum(Length));
        _values = flat.narrow(0, frozen, count);

        _used = model.Weights;
        if (model.Precision != ScalarType.Float32)
        {
            _used = model.Rounded = model.Weights.To(model.Precision);
            _rounded = _used.Storage[0].narrow(0, frozen, count);
        }

        _gradient = zeros(count, device: device);
        (_first, _second) = (zeros_like(_gradient), zeros_like(_gradient));
        _ofWords = IsFrozen(table) ? null : _gradient.narrow(0, 0, Length(table)).view(table.Value.shape);
        var apart = _ofWords is null || usesAllWords ? 0 : 1; // the table: its gradient comes by the rows that are looked up
        _ofLeaves = _gradient.narrow(0, apart * Length(table), count - (apart * Length(table)));
        foreach (var (weight, used) in model.Weights.All.Zip(_used.InOrderOf(model.Weights.All)))
        {
            (weight.Value.requires_grad, used.requires_grad) = (false, false);
        }

        _leaves = [.. _used.InOrderOf(_trained.Skip(apart)).Select(leaf => leaf.requires_grad_())];
        _segments = [.. Segments(weight => Math.Pow(options.LayerDecay, model.Config.NumHiddenLayers + 1 - weight.Layer))];
        foreach (var tensor in Own())
        {
            tensor.DetachFromDisposeScope();
        }

        bool IsFrozen(Weight weight) => weight.Layer < options.FrozenLayers;
    }

    public Tensor Embed(Batch batch)
    {
        using var withoutGradient = no_grad();
        return _model.Embed(batch.IdTensor(_device)).requires_grad_(_ofWords is not null);
    }

    public void Backward(Tensor loss, Tensor words, Batch batch)
    {
        using var scope = NewDisposeScope();
        using var withoutGradient = no_grad();
        var gradients = Gradients.Of(loss, _ofWords is null ? _leaves : [.. _leaves, words]);
        _ofLeaves.add_(cat([.. gradients.Take(_leaves.Length).Select(gradient => gradient.flatten())], 0));
        _ofWords?.index_add_(0, batch.IdTensor(_device).flatten(), gradients[^1].flatten(0, 1).to(ScalarType.Float32), 1);
    }

    public bool Update(double learningRate, int batches = 1, double? lossScale = null)
    {
        using var scope = NewDisposeScope();
        using var withoutGradient = no_grad();
        var divisor = batches * (lossScale ?? 1);
        var norm = linalg.vector_norm(_gradient) / divisor;

        // Only a scaled loss has the norm read, for which the GPU is waited for, as PyTorch's own scaler does.
        var overflowed = lossScale is not null && !float.IsFinite(norm.item<float>());
        if (!overflowed)
        {
            _gradient.mul_((norm + 1e-6).reciprocal_().mul_(_clip).clamp_(max: 1).div_(divisor));
            Move(learningRate, ++_steps);
            _rounded?.copy_(_values);
        }

        _gradient.zero_();
        return !overflowed;
    }

    public void Forget()
    {
        using var withoutGradient = no_grad();
        _gradient.zero_();
    }

    public void CatchUp()
    {
        // Every weight always is.
    }

    public IEnumerable<(string Name, Tensor Value)> State()
    {
        var start = 0L;
        foreach (var weight in _trained)
        {
            yield return ($"first.{weight.Name}", _first.narrow(0, start, Length(weight)).view(weight.Value.shape));
            yield return ($"second.{weight.Name}", _second.narrow(0, start, Length(weight)).view(weight.Value.shape));
            start += Length(weight);
        }
    }

    public void ContinueFrom(IReadOnlyList<double> rates)
    {
        using var withoutGradient = no_grad();
        _steps = rates.Count;
        if (_rounded is not null)
        {
            _used.Storage[0].copy_(_model.Weights.Storage[0]);
        }
    }

    public void Dispose()
    {
        if (_used != _model.Weights)
        {
            _model.Rounded = null;
            _used.Dispose();
        }

        foreach (var tensor in Own())
        {
            tensor.Dispose();
        }
    }

    private IEnumerable<Tensor> Own() =>
        new[] { _values, _rounded, _gradient, _ofLeaves, _ofWords, _first, _second }.OfType<Tensor>()
            .Concat(_segments.SelectMany(segment => new[] { segment.Values, segment.First }));

    // As torch.optim.AdamW, with both corrections of the moments put into the rate and into epsilon.
    private void Move(double learningRate, int step)
    {
        var (first, second) = (1 - Math.Pow(AdamStep.Beta1, step), Math.Sqrt(1 - Math.Pow(AdamStep.Beta2, step)));
        _first.mul_(AdamStep.Beta1).add_(_gradient, alpha: 1 - AdamStep.Beta1);
        _second.mul_(AdamStep.Beta2).addcmul_(_gradient, _gradient, value: 1 - AdamStep.Beta2);
        var denominator = _second.sqrt().add_(AdamStep.Epsilon * second);
        foreach (var segment in _segments)
        {
            var rate = learningRate * segment.RateScale;
            if (segment.Decays)
            {
                segment.Values.mul_(1 - (rate * _weightDecay));
            }

            segment.Values.addcdiv_(segment.First, denominator.narrow(0, segment.Start, segment.Length), value: -rate * second / first);
        }
    }

    // Neighbours with one rate and one decay are one: two in all without layer decay.
    private IEnumerable<Segment> Segments(Func<Weight, double> rateScale)
    {
        var start = 0L;
        for (var i = 0; i < _trained.Length;)
        {
            var (scale, decays, length) = (rateScale(_trained[i]), _trained[i].Decays, 0L);
            for (; i < _trained.Length && rateScale(_trained[i]) == scale && _trained[i].Decays == decays; i++)
            {
                length += Length(_trained[i]);
            }

            yield return new(start, length, scale, decays, _values.narrow(0, start, length), _first.narrow(0, start, length));
            start += length;
        }
    }

    private static long Length(Weight weight) => weight.Value.numel();

    private sealed record Segment(long Start, long Length, double RateScale, bool Decays, Tensor Values, Tensor First);
}
