using Droptune.Core.Inference.Batching;
using Droptune.Core.Inference.Onnx;
using Droptune.Core.Labels;
using Droptune.Core.Models;
using Droptune.Core.Text;
using Droptune.Core.Text.Loading;
using Droptune.Core.Text.Pieces;

namespace Droptune.Core.Inference;

/// <summary>
/// A model folder in memory, ready to predict. Thread-safe: what arrives while a batch runs forms the next one, and a text's
/// answer does not depend on its neighbours.
/// </summary>
public sealed class ServedModel : IDisposable
{
    private readonly BatchRunner _runner;
    private readonly TagDecoder _decoder;
    private readonly IReadOnlyList<string> _textLabels;
    private readonly IReadOnlyList<float> _thresholds; // empty where a text has one label
    private readonly int _tags;
    private readonly OutOfFoldAnswers? _outOfFold;

    private ServedModel(ModelConfig config, Tokenizer tokenizer, BatchRunner runner, long bytes, OutOfFoldAnswers? outOfFold)
    {
        (Config, Tokenizer, _runner, Bytes, _outOfFold) = (config, tokenizer, runner, bytes, outOfFold);
        (_textLabels, _thresholds, _tags) = (config.TextLabelNames, config.TextThresholds, config.TagNames.Count);
        _decoder = new(config.TagNames, config.Droptune?.ConstrainedDecoding ?? true);
    }

    public ModelConfig Config { get; }

    public Tokenizer Tokenizer { get; }

    /// <summary>Size of the ONNX file: about what the model takes in memory.</summary>
    public long Bytes { get; }

    /// <summary>Whether it was trained on its dev split: it is judged by <see cref="PredictUnseenAsync"/>.</summary>
    public bool IsDevTrained => _outOfFold is not null;

    /// <param name="folder">A folder in the layout of the container <c>models</c>.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="file">The ONNX file; null for the one that config.json names.</param>
    public static ServedModel Load(string folder, ServingOptions? options = null, string? file = null)
    {
        options ??= new();
        _ = Task.Run(() => QuietOnnx.Options().Dispose()); // the library loads while the vocabulary does
        var config = ModelConfig.Load(folder);
        var path = Path.Combine(folder, file ?? config.ServedFile);
        var tokenizer = TokenizerFolder.Load(folder);
        var sessions = OnnxThread.Run(() => new OnnxSessions(path, config, tokenizer, options));
        return new(config, tokenizer, new(sessions, options, config.MaxLength), sessions.Bytes, OutOfFoldAnswers.Find(folder));
    }

    /// <summary>Predicts each input; texts longer than the model reads at once are read in overlapping windows.</summary>
    /// <exception cref="ModelBusyException">Too much is waiting already.</exception>
    public async Task<IReadOnlyList<Prediction>> PredictAsync(
        IReadOnlyList<PredictInput> inputs, CancellationToken cancellationToken = default)
    {
        var texts = inputs.Select(Read).ToArray();
        if (texts.Length > 0)
        {
            await _runner.RunAsync(new([.. texts.SelectMany(text => text.Windows)]), cancellationToken);
        }

        return [.. texts.Select(Answer)];
    }

    /// <summary>The same as if it had learned from none of the inputs: how good a model is shows in these answers alone.</summary>
    public Task<IReadOnlyList<Prediction>> PredictUnseenAsync(IReadOnlyList<PredictInput> inputs, CancellationToken cancellationToken = default) =>
        _outOfFold?.AnswerAsync(inputs, PredictAsync, cancellationToken) ?? PredictAsync(inputs, cancellationToken);

    /// <summary>Runs a short and a long text, so that no request pays for what is set up on first use.</summary>
    public Task WarmUpAsync(CancellationToken cancellationToken = default)
    {
        var full = string.Join(' ', Enumerable.Repeat("a", Config.MaxLength - 2));
        return PredictAsync([PredictInput.OfText("a"), PredictInput.OfText(full)], cancellationToken);
    }

    /// <summary>Lets what waits finish, then frees the model.</summary>
    public void Dispose() => _runner.Dispose();

    private InputText Read(PredictInput input)
    {
        var text = input.Text is { } whole ? Tokenizer.Tokenize(whole) : Tokenizer.Tokenize(input.Tokens!);
        return new(input, text, Config.MaxLength, _tags, _textLabels.Count);
    }

    private Prediction Answer(InputText text)
    {
        var prediction = new Prediction
        {
            Label = _textLabels.Count > 0 && !Config.HasSeveralLabels ? Label(text) : null,
            Pieces = text.Text.Ids.Length,
            UnknownPieces = text.Text.Ids.AsSpan().Count(Tokenizer.UnkId),
        };
        if (Config.HasSeveralLabels)
        {
            prediction = WithLabels(prediction, text.LabelProbabilities());
        }

        if (_tags == 0)
        {
            return prediction;
        }

        var tags = _decoder.Decode(text.UnitLogits);
        return text.Input.Text is { } whole
            ? prediction with { Entities = [.. _decoder.Spans(tags, text.UnitLogits).Select(span => Entity(whole, text.Text, span))] }
            : prediction with
            {
                Tags = UnitTags.ToWords(_decoder.Names(tags), text.Text, text.Input.Tokens!.Count),
                TagScores = WordScores(_decoder.Scores(tags, text.UnitLogits), text.Text, text.Input.Tokens.Count),
            };
    }

    // As its tag, the score of a word is that of its first unit; a word without one is surely O.
    private static float[] WordScores(float[] unitScores, TokenizedText text, int words)
    {
        var scores = new float[words];
        Array.Fill(scores, 1);
        for (var unit = unitScores.Length - 1; unit >= 0; unit--)
        {
            scores[text.Units[unit].WordIndex] = unitScores[unit];
        }

        return scores;
    }

    private PredictedLabel Label(InputText text)
    {
        var probabilities = text.TextProbabilities();
        var best = Softmax.IndexOfMax(probabilities);
        return new(_textLabels[best], probabilities[best]);
    }

    private Prediction WithLabels(Prediction prediction, float[] probabilities) => prediction with
    {
        Labels =
        [
            .. _textLabels.Select((name, label) => new PredictedLabel(name, probabilities[label]))
                .Where((label, id) => label.Score >= _thresholds[id])
                .OrderByDescending(label => label.Score),
        ],
        LabelsSure = probabilities.Zip(_thresholds, Sure).Min(),
    };

    // Where the probability lies between the threshold and the end of its side.
    private static float Sure(float probability, float threshold) => probability >= threshold
        ? 0.5f + (threshold < 1 ? (probability - threshold) / (2 * (1 - threshold)) : 0.5f)
        : 0.5f + ((threshold - probability) / (2 * threshold));

    private static PredictedEntity Entity(string whole, TokenizedText text, TaggedSpan span)
    {
        var (start, end) = (text.Units[span.Start].Start, text.Units[span.End - 1].End);
        return new(span.Label, whole[start..end], start, end, span.Score);
    }
}
