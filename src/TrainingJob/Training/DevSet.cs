using Droptune.Core.Inference;
using Droptune.Core.Labels;
using Droptune.Core.Metrics;
using Droptune.Core.Text;
using Droptune.Core.Text.Pieces;
using Droptune.TrainingJob.Model;
using Droptune.TrainingJob.Torch;
using Droptune.TrainingJob.Training.Data;
using Droptune.TrainingJob.Training.Objectives;
using Droptune.TrainingJob.Training.Optimizer.Cpu;

using static TorchSharp.torch;

namespace Droptune.TrainingJob.Training;

/// <summary>The examples that a model is measured on while it trains, decoded as in serving: windows joined, legal tag sequences.</summary>
public sealed class DevSet
{
    private const int BatchTokens = 8192;

    private readonly (Example Example, TokenizedText Text)[] _examples;
    private readonly EncodedSplit _split;
    private readonly IReadOnlyList<int[]> _batches;
    private readonly int _padId;
    private readonly LabelSet? _tags;
    private readonly LabelSet? _textLabels;
    private readonly LabelCombinations? _combinations;
    private readonly string[][] _expectedTags;

    /// <param name="examples">Of the dev split.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="tags">The model's tags, or null.</param>
    /// <param name="textLabels">The model's text labels, or null.</param>
    /// <param name="maxLength">Pieces a sequence.</param>
    /// <param name="combinations">Of text labels, where a text can have several; else null.</param>
    public DevSet(
        IEnumerable<Example> examples, Tokenizer tokenizer, LabelSet? tags, LabelSet? textLabels, int maxLength, LabelCombinations? combinations = null)
    {
        (_tags, _textLabels, _padId, _combinations) = (tags, textLabels, tokenizer.PadId, combinations);
        _examples = [.. EncodedSplit.Tokenize(examples, tokenizer)];
        _split = EncodedSplit.Of(_examples, tokenizer, tags, textLabels, maxLength, combinations);
        _batches = BatchPlan.Of(_split, BatchTokens, random: null);
        _expectedTags = tags is null ? [] : [.. _examples.Select(e => e.Example.Tags is { } words ? [.. words] : UnitTags.Of(e.Example, e.Text))];
    }

    public int Count => _examples.Length;

    public IEnumerable<Example> Examples => _examples.Select(e => e.Example);

    public EncodedSplit Split => _split;

    public DevScores Evaluate(BertModel model, TaskLoss loss, Device device)
    {
        model.Training = false;
        return Evaluate(Forward, model.Config.Droptune?.ConstrainedDecoding ?? true, loss, device);

        Logits Forward(Batch batch) => model.Heads(model.Encode(model.Embed(batch.IdTensor(device)), batch.Mask(device)));
    }

    /// <summary>The same of any model; where memory is too small for a batch, it is measured in halves.</summary>
    internal DevScores Evaluate(Func<Batch, Logits> forward, bool constrained, TaskLoss loss, Device device)
    {
        using var withoutGradient = no_grad();
        var unitLogits = _examples.Select(e => new float[e.Text.Units.Length * (_tags?.Count ?? 0)]).ToArray();
        var textProbabilities = _examples.Select(_ => new float[_textLabels?.Count ?? 0]).ToArray();
        var (lossSum, rows) = (0.0, 0);
        var waiting = new Stack<int[]>(_batches.Reverse());
        while (waiting.TryPop(out var sequences))
        {
            try
            {
                using var scope = NewDisposeScope();
                var batch = new Batch(_split, sequences, _padId);
                var logits = forward(batch);
                var batchLoss = loss.Of(logits, batch, device).item<float>();
                Collect(logits, batch, sequences, unitLogits, textProbabilities);
                (lossSum, rows) = (lossSum + (batchLoss * batch.Rows), rows + batch.Rows);
            }
            catch (Exception e) when (NativeFailure.IsOutOfMemory(e) && sequences.Length > 1)
            {
                waiting.Push(sequences[(sequences.Length / 2)..]);
                waiting.Push(sequences[..(sequences.Length / 2)]);
            }
        }

        var scores = new DevScores(rows == 0 ? 0 : lossSum / rows, EntityScores(unitLogits, constrained), TextScores(textProbabilities));
        return _combinations is null ? scores : WithLabels(scores, textProbabilities);
    }

    private void Collect(Logits logits, Batch batch, int[] sequences, float[][] unitLogits, float[][] textProbabilities)
    {
        using var tagTensor = logits.Tags?.to(ScalarType.Float32).cpu().contiguous();
        using var textTensor = TextProbabilities(logits)?.cpu().contiguous();
        var tags = tagTensor is null ? default : new Floats(tagTensor);
        var texts = textTensor is null ? default : new Floats(textTensor);
        for (var row = 0; row < sequences.Length; row++)
        {
            var (example, window) = _split.Source(sequences[row]);
            for (var unit = window.FirstOwned; _tags is not null && unit < window.FirstOwned + window.OwnedCount; unit++)
            {
                var piece = 1 + _examples[example].Text.Units[unit].FirstPiece - window.FirstPiece;
                tags.Slice(((row * batch.Width) + piece) * _tags.Count, _tags.Count).CopyTo(unitLogits[example].AsSpan(unit * _tags.Count));
            }

            for (var label = 0; label < textProbabilities[example].Length; label++)
            {
                // As served: the mean over windows, each with the weight of its pieces; of several labels the largest.
                var (sum, probability) = (textProbabilities[example][label], texts.Slice(row * _textLabels!.Count, _textLabels.Count)[label]);
                textProbabilities[example][label] = _combinations is null ? sum + (probability * batch.Lengths[row]) : Math.Max(sum, probability);
            }
        }
    }

    private Tensor? TextProbabilities(Logits logits)
    {
        var text = logits.Text?.to(ScalarType.Float32);
        return _combinations is null ? text?.softmax(-1) : text?.sigmoid();
    }

    private EntityScores? EntityScores(float[][] unitLogits, bool constrained)
    {
        if (_tags is null)
        {
            return null;
        }

        var decoder = new TagDecoder(_tags.Names, constrained);
        var predicted = _examples.Select((e, i) =>
        {
            var names = decoder.Names(decoder.Decode(unitLogits[i]));
            return e.Example.Tokens is { } words ? UnitTags.ToWords(names, e.Text, words.Count) : names;
        });
        return Core.Metrics.EntityScores.OfTags(_expectedTags, [.. predicted]);
    }

    private ClassificationScores? TextScores(float[][] probabilities)
    {
        if (_textLabels is null || _combinations is not null)
        {
            return null;
        }

        var predicted = probabilities.Select(p => _textLabels[p.AsSpan().IndexOf(p.Max())]);
        return ClassificationScores.Of([.. _examples.Select(e => e.Example.Label ?? "")], [.. predicted]);
    }

    private DevScores WithLabels(DevScores scores, float[][] probabilities)
    {
        var known = _examples.Index().Where(e => e.Item.Example.TextLabels() is not null).Select(e => e.Index).ToList();
        var expected = known.ConvertAll(i => _examples[i].Example.TextLabels()!);
        var thresholds = LabelThresholds.Choose(
            known.ConvertAll(i => probabilities[i]), expected.ConvertAll(labels => _combinations![_combinations.Of(labels)].ToHashSet()), _textLabels!.Count);
        var predicted = known.ConvertAll(i => _textLabels.Names.Where((_, label) => probabilities[i][label] >= thresholds[label]).ToList());
        return scores with { MultiLabels = MultiLabelScores.Of(expected, predicted), Thresholds = thresholds };
    }
}

/// <summary>Scores of a model on a split; null where the task has none.</summary>
public sealed record DevScores(double Loss, EntityScores? Entities, ClassificationScores? Texts)
{
    /// <summary>Of text labels where a text can have several, by <see cref="Thresholds"/>.</summary>
    public MultiLabelScores? MultiLabels { get; init; }

    /// <summary>Those with the best F1 of each text label, by its id; null where a text has one label.</summary>
    public IReadOnlyList<float>? Thresholds { get; init; }

    public double Main => MainScore.Of(Entities?.Micro.F1, MultiLabels?.Micro.F1 ?? Texts?.Accuracy);

    /// <summary>The figure by the name that <see cref="Core.Jobs.EarlyStopping"/> knows it by; higher is better.</summary>
    public double Of(string metric) => metric switch
    {
        MainScore.Name => Main,
        "accuracy" => new[] { Entities?.Accuracy, MultiLabels?.SubsetAccuracy ?? Texts?.Accuracy }.Average() ?? 0,
        "loss" => -Loss,
        var other => throw new NotSupportedException($"earlyStopping.metric '{other}' is not supported"),
    };

    /// <summary>Every score by name.</summary>
    public IEnumerable<KeyValuePair<string, double>> Named()
    {
        yield return new(MainScore.Name, Main);
        yield return new("loss", Loss);
        if (Entities is not null)
        {
            yield return new("precision", Entities.Micro.Precision);
            yield return new("recall", Entities.Micro.Recall);
            yield return new("f1", Entities.Micro.F1);
        }

        if (Texts is not null)
        {
            yield return new("accuracy", Texts.Accuracy);
            yield return new("macroF1", Texts.Macro.F1);
        }

        if (MultiLabels is not null)
        {
            yield return new("microF1", MultiLabels.Micro.F1);
            yield return new("macroF1", MultiLabels.Macro.F1);
            yield return new("subsetAccuracy", MultiLabels.SubsetAccuracy);
        }
    }
}
