using Droptune.Core.Inference;
using Microsoft.Extensions.Options;

namespace Droptune.Functions.Monitoring.Uncertain;

/// <summary>Collects the least certain predictions until somebody stores them, where the setting asks for it. Thread-safe.</summary>
public sealed class UncertainTexts(IOptions<UncertainOptions> options, TimeProvider clock)
{
    private const int LongestText = 2_000; // characters
    private const int MostAtATime = 50; // of a model, between two calls of Take

    private readonly Lock _lock = new();
    private readonly Dictionary<string, PriorityQueue<UncertainText, float>> _models = [];

    public void Record(string model, string version, IReadOnlyList<PredictInput> inputs, IReadOnlyList<Prediction> predictions)
    {
        if (options.Value.Most == 0)
        {
            return;
        }

        foreach (var (input, prediction) in inputs.Zip(predictions))
        {
            if (input.Text is { Length: <= LongestText } text && prediction.LeastSure is { } score)
            {
                Add(model, new()
                {
                    Text = text,
                    Version = version,
                    At = clock.GetUtcNow(),
                    Score = score,
                    Label = prediction.Label,
                    Labels = prediction.Labels,
                    Entities = prediction.Entities,
                });
            }
        }
    }

    /// <summary>What was collected since the last call; it is the caller's to store.</summary>
    public IReadOnlyList<(string Model, IReadOnlyList<UncertainText> Texts)> Take()
    {
        lock (_lock)
        {
            var taken = _models.Select(model => (model.Key, (IReadOnlyList<UncertainText>)[.. model.Value.UnorderedItems.Select(item => item.Element)])).ToList();
            _models.Clear();
            return taken;
        }
    }

    private void Add(string model, UncertainText text)
    {
        lock (_lock)
        {
            var texts = _models.TryGetValue(model, out var known) ? known : _models[model] = new();
            texts.Enqueue(text, -text.Score); // the surest leaves first
            if (texts.Count > MostAtATime)
            {
                texts.Dequeue();
            }
        }
    }
}
