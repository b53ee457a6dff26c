using Droptune.TrainingJob.Model;
using Droptune.TrainingJob.Training.Data;

using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Droptune.TrainingJob.Training.Objectives;

/// <summary>
/// Cross-entropy of tags and of text labels, added up; with label smoothing, class weights and the focal form. Where a text can have
/// several labels, theirs is the binary cross-entropy of each label by itself, added up over the labels: as large a gradient at each
/// output as the other one's.
/// </summary>
public sealed class TaskLoss : IDisposable
{
    private readonly Optimisation _options;
    private readonly Tensor? _tagWeights;
    private readonly Tensor? _textWeights;
    private readonly Tensor? _combinations; // (combinations, labels), bool

    /// <param name="options">How the loss is shaped.</param>
    /// <param name="tagCounts">How often each tag is in the training data; null without tags.</param>
    /// <param name="textCounts">The same of text labels.</param>
    /// <param name="device">Where the logits are.</param>
    /// <param name="combinations">The labels that texts have together; null where a text has one.</param>
    public TaskLoss(Optimisation options, long[]? tagCounts, long[]? textCounts, Device device, LabelCombinations? combinations = null)
    {
        _options = options;
        (_tagWeights, _textWeights) = (Weights(tagCounts), Weights(textCounts));
        _combinations = combinations?.ToTable(device).DetachFromDisposeScope();

        Tensor? Weights(long[]? counts) => counts is null || ClassWeights.Of(options.ClassWeights, counts) is not { } weights
            ? null
            : tensor(weights, device: device).DetachFromDisposeScope();
    }

    /// <summary>The loss of a batch, a scalar.</summary>
    public Tensor Of(Logits logits, Batch batch, Device device)
    {
        var tags = logits.Tags is { } t ? CrossEntropy(t.flatten(0, 1), batch.TagTensor(device), _tagWeights) : null;
        var texts = logits.Text is not { } x ? null
            : _combinations is { } combinations ? BinaryCrossEntropy(x, batch.TextLabelTensor(device), combinations)
            : batch.HasTextLabel ? CrossEntropy(x, batch.TextLabelTensor(device), _textWeights)
            : x.sum() * 0; // of joined texts alone: a mean of nothing would be no number

        return tags is null ? texts! : texts is null ? tags : tags + texts;
    }

    public void Dispose()
    {
        _tagWeights?.Dispose();
        _textWeights?.Dispose();
        _combinations?.Dispose();
    }

    /// <param name="logits">(B, labels).</param>
    /// <param name="numbers">Of each text's combination (B).</param>
    /// <param name="combinations">See <see cref="LabelCombinations.ToTable"/>.</param>
    private Tensor BinaryCrossEntropy(Tensor logits, Tensor numbers, Tensor combinations)
    {
        logits = logits.to(ScalarType.Float32);
        var known = numbers.ge(0).to(ScalarType.Float32);
        var holds = combinations.index_select(0, numbers.clamp(min: 0)).to(ScalarType.Float32);
        var targets = (holds * (1 - _options.LabelSmoothing)) + (_options.LabelSmoothing / 2);
        var each = F.binary_cross_entropy_with_logits(logits, targets, reduction: nn.Reduction.None, pos_weights: _textWeights);
        return ((each * Focus(logits, holds)).sum(-1) * known).sum() / known.sum().clamp(min: 1);
    }

    // The focal form of Lin et al. 2017, which was made for sigmoids.
    private Tensor Focus(Tensor logits, Tensor holds)
    {
        using var withoutGradient = no_grad();
        return _options.FocalGamma == 0 ? ones_like(holds) : (logits.sigmoid() - holds).abs().pow(_options.FocalGamma);
    }

    private Tensor CrossEntropy(Tensor logits, Tensor labels, Tensor? weights)
    {
        logits = logits.to(ScalarType.Float32);
        if (_options.FocalGamma == 0)
        {
            return F.cross_entropy(logits, labels, weights, EncodedSplit.Ignored, label_smoothing: _options.LabelSmoothing);
        }

        // Lin et al. 2017, "Focal Loss for Dense Object Detection": what is predicted well already counts less.
        var each = F.cross_entropy(logits, labels, weights, EncodedSplit.Ignored, nn.Reduction.None, _options.LabelSmoothing);
        using var withoutGradient = no_grad();
        var right = logits.softmax(-1).gather(1, labels.clamp(min: 0).unsqueeze(1)).squeeze(1);
        var focus = (1 - right).pow(_options.FocalGamma);
        var count = weights is null ? labels.ge(0).sum() : weights.index_select(0, labels.masked_select(labels.ge(0))).sum();
        using var withGradient = enable_grad();
        return (each * focus).sum() / count;
    }
}
