using Droptune.Core.Datasets.Records;

namespace Droptune.Core.Datasets.Quality;

/// <summary>Counts how many labels texts have, and which of them together, where a text can have several.</summary>
internal sealed class CardinalityCounter
{
    private const int MostPairs = 20;
    private const int MostLabels = 50; // of a text with more, pairs would be thousands

    private readonly Dictionary<(int First, int Second), long> _pairs = [];
    private long _texts;
    private long _labels;
    private int _most;

    /// <summary>Texts without any label.</summary>
    public long Unlabelled { get; private set; }

    /// <summary>Adds a text's labels; they are distinct.</summary>
    public void Add(List<int> labels, Split split)
    {
        _texts++;
        _labels += labels.Count;
        _most = Math.Max(_most, labels.Count);
        Unlabelled += labels.Count == 0 ? 1 : 0;
        for (var i = 0; split == Split.Train && labels.Count <= MostLabels && i < labels.Count; i++)
        {
            for (var j = i + 1; j < labels.Count; j++)
            {
                _pairs[(labels[i], labels[j])] = _pairs.GetValueOrDefault((labels[i], labels[j])) + 1;
            }
        }
    }

    public LabelCardinality Find(LabelTable labels) => new(
        _texts == 0 ? 0 : Math.Round((double)_labels / _texts, 3), _most, Unlabelled,
        [.. _pairs.Select(pair => new LabelPair(labels[pair.Key.First], labels[pair.Key.Second], pair.Value))
            .OrderByDescending(pair => pair.Train).ThenBy(pair => pair.First, StringComparer.Ordinal).ThenBy(pair => pair.Second, StringComparer.Ordinal)
            .Take(MostPairs)]);
}
