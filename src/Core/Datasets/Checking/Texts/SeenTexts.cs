using System.IO.Hashing;
using System.Runtime.InteropServices;
using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Records;

namespace Droptune.Core.Datasets.Checking.Texts;

/// <summary>Reports texts that were seen before: in the same split, in another one, or with other labels.</summary>
internal sealed class SeenTexts(FindingLog log)
{
    private readonly DuplicateTable _table = new();

    /// <summary>Tells that a text with this hash is about to be added.</summary>
    public void Expect(ulong normalised) => _table.Prefetch(normalised);

    /// <summary>Adds an example; <paramref name="normalised"/> is the hash of its normalised text.</summary>
    public void Add(Split split, Record record, CheckedExample example, ulong normalised)
    {
        var sighting = _table.Add(normalised, TextHash.Exact(example.Text.Span), LabelHash(example), split);
        if (!sighting.IsNew)
        {
            Report(split, record, example, sighting);
        }
    }

    private void Report(Split split, Record record, CheckedExample example, Sighting sighting)
    {
        if (sighting.InSplit)
        {
            log.Add(sighting.IsExact ? FindingCode.DuplicateText : FindingCode.NearDuplicateText, record, example.Text.Span,
                $"{(sighting.IsExact ? "The text" : "The text, but for case, spaces or width,")} stands above in {split.Name()} already.");
        }

        if (sighting.Other is { } other)
        {
            log.Add(FindingCode.Leakage, record, example.Text.Span, $"The text, here in {split.Name()}, is in {other.Name()} too.");
        }

        if (!sighting.HasSameLabels)
        {
            log.Add(FindingCode.ContradictingLabels, record, example.Text.Span, $"The text was seen before with another label or other tags.");
        }
    }

    private static ulong LabelHash(CheckedExample example)
    {
        // The lowest bit is the shape: labels of words and of a text are not compared.
        var hash = example.HasLabels ? 1UL : 0;
        foreach (var label in example.Labels)
        {
            hash = (hash + (ulong)(label + 2)) * 0x9E3779B97F4A7C15;
        }

        if (example.HasTags)
        {
            hash ^= example.Tokens is null
                ? XxHash3.HashToUInt64(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(example.Spans)))
                : XxHash3.HashToUInt64(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(example.Tags)));
        }

        return (hash >> 32 & ~1UL) | (example.Tokens is null ? 1UL : 0);
    }
}
