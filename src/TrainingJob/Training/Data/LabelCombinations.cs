using Droptune.Core.Labels;

using static TorchSharp.torch;

namespace Droptune.TrainingJob.Training.Data;

/// <summary>
/// The sets of labels that texts have, numbered as they come, where a text can have several: a text is then known by one number,
/// as it is where it has one label.
/// </summary>
/// <param name="labels">The model's; others are left out.</param>
public sealed class LabelCombinations(LabelSet labels)
{
    private readonly Dictionary<string, int> _numbers = [];
    private readonly List<int[]> _sets = [];

    /// <summary>The ids of a combination's labels, in their order.</summary>
    public IReadOnlyList<int> this[int combination] => _sets[combination];

    /// <summary>The number of a text's labels.</summary>
    public int Of(IReadOnlyList<string> names)
    {
        int[] ids = [.. names.Where(name => labels.TryGetId(name, out _)).Select(name => labels[name]).Distinct().Order()];
        var key = string.Join(' ', ids);
        if (!_numbers.TryGetValue(key, out var number))
        {
            _numbers[key] = number = _sets.Count;
            _sets.Add(ids);
        }

        return number;
    }

    /// <summary>How often each label is to be learned.</summary>
    public long[] CountLabels(EncodedSplit split)
    {
        var counts = new long[labels.Count];
        foreach (var (combination, count) in split.CountTextLabels(_sets.Count).Index())
        {
            foreach (var label in _sets[combination])
            {
                counts[label] += count;
            }
        }

        return counts;
    }

    /// <summary>Which labels each combination has (combinations, labels), bool.</summary>
    public Tensor ToTable(Device device)
    {
        var rows = Math.Max(1, _sets.Count);
        var holds = new bool[rows * labels.Count];
        foreach (var (combination, ids) in _sets.Index())
        {
            foreach (var id in ids)
            {
                holds[(combination * labels.Count) + id] = true;
            }
        }

        return tensor(holds, [rows, labels.Count], device: device);
    }
}
