using Droptune.Core.Datasets.Checking.Texts;
using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Records;

namespace Droptune.Core.Datasets.Quality;

/// <summary>Finds entity labels that are given to the same words ("paris": city, and name).</summary>
internal sealed class SharedSurfaces
{
    private readonly Dictionary<ulong, Surface> _surfaces = [];
    private readonly TextHash _hash = new();

    public void Add(ReadOnlySpan<byte> surface, int label)
    {
        var hash = _hash.Normalised(surface);
        if (!_surfaces.TryGetValue(hash, out var known))
        {
            _surfaces.Add(hash, new Surface(label));
            return;
        }

        known.Add(label, surface);
    }

    /// <summary>Pairs of labels, by the number of entities that the smaller label has in words of both.</summary>
    public IReadOnlyList<ConfusableLabels> Find(LabelTable labels) =>
        [.. _surfaces.Values
            .Where(surface => surface.IsShared)
            .SelectMany(surface => surface.Pairs())
            .GroupBy(pair => (pair.First, pair.Second))
            .Select(group => new ConfusableLabels(
                labels[group.Key.First], labels[group.Key.Second], group.Sum(pair => pair.Count), null, group.MaxBy(pair => pair.Count).Text))
            .OrderByDescending(pair => pair.Shared).ThenBy(pair => pair.First, StringComparer.Ordinal).ThenBy(pair => pair.Second, StringComparer.Ordinal)
            .Take(20)];

    /// <summary>Counts of a surface's labels; most surfaces have one, which needs no list.</summary>
    private sealed class Surface(int first)
    {
        private int _firstCount = 1;
        private Dictionary<int, int>? _others;
        private string? _text;

        public bool IsShared => _others is not null;

        public void Add(int label, ReadOnlySpan<byte> text)
        {
            if (label == first)
            {
                _firstCount++;
                return;
            }

            _text ??= Excerpt.Of(text);
            _others ??= [];
            _others[label] = _others.GetValueOrDefault(label) + 1;
        }

        public IEnumerable<(int First, int Second, int Count, string Text)> Pairs()
        {
            var counts = (_others ?? []).Append(new(first, _firstCount)).OrderBy(count => count.Key).ToList();
            return from a in counts.Index()
                   from b in counts.Skip(a.Index + 1)
                   select (a.Item.Key, b.Key, Math.Min(a.Item.Value, b.Value), _text ?? "");
        }
    }
}
