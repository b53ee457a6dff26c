using Droptune.Core.Datasets.Records;
using Droptune.Core.Text;

namespace Droptune.Core.Datasets.Gate;

/// <summary>
/// What only a whole look at a dataset shows, and another then takes into account. Texts are named by the hash of what they say.
/// </summary>
internal sealed record SecondLook
{
    /// <summary>Texts that go to another split than their hash says, because one would be empty.</summary>
    public IReadOnlyDictionary<ulong, Split> Moved { get; private init; } = new Dictionary<ulong, Split>();

    /// <summary>Whether words will be joined to running text.</summary>
    public bool AreWordsJoined { get; init; }

    /// <summary>What labels of texts are made of; null = words.</summary>
    public SmallUnits? Units { get; init; }

    /// <summary>Why the data do not start from the built-in base; null = they may.</summary>
    public string? UnfitBase { get; init; }

    /// <summary>The splits that records state for themselves.</summary>
    public IReadOnlyList<Split> Stated { get; init; } = [];

    /// <summary>Where some files have labels and others entities of the same texts: the labels; null where that is not so.</summary>
    public IReadOnlyDictionary<ulong, IReadOnlyList<string>?>? Labels { get; private init; }

    /// <summary>The texts that have entities.</summary>
    private IReadOnlyDictionary<ulong, IReadOnlyList<string>?>? Tagged { get; init; }

    public SecondLook Join(IReadOnlyDictionary<ulong, IReadOnlyList<string>?> labelled, IReadOnlyDictionary<ulong, IReadOnlyList<string>?> tagged) =>
        this with { Labels = labelled, Tagged = tagged };

    /// <summary>
    /// Moves texts of a small dataset: all anew where train or dev is empty, a tenth of train where only test is. Those with the
    /// smallest hashes are taken. Null where there is nothing to move.
    /// </summary>
    /// <param name="texts">Those that no file's name keeps where they are.</param>
    /// <param name="counts">Examples of the splits.</param>
    /// <param name="needsTest">Whether no file is test.</param>
    public SecondLook? Move(IReadOnlyDictionary<ulong, Split> texts, SplitCounts counts, bool needsTest)
    {
        var isAnew = counts.Train == 0 || counts.Dev == 0;
        var movable = texts.Where(text => isAnew || text.Value == Split.Train).Select(text => text.Key).Order().ToList();
        var share = Math.Max(1, movable.Count / 10);
        var dev = isAnew && movable.Count > 1 && counts.Dev < share ? share : 0;
        var test = needsTest && movable.Count >= 10 && (isAnew || counts.Test == 0) ? share : 0;
        return dev + test == 0
            ? null
            : this with { Moved = movable.Index().ToDictionary(text => text.Item, text => text.Index < dev ? Split.Dev : text.Index < dev + test ? Split.Test : Split.Train) };
    }

    /// <summary>Whether an example of joined files has its other half in none of them.</summary>
    public bool IsUnmatched(CheckedExample example, ulong text) => !(example.HasTags ? Labels : Tagged)!.ContainsKey(text);

    /// <summary>Gives an example that has entities its labels.</summary>
    public void Complete(CheckedExample example, ulong text, LabelTable labels)
    {
        example.HasLabels = true;
        example.Labels.AddRange(Labels![text]!.Select(label => labels.IdOf(Encoding.UTF8.GetBytes(label))));
    }
}
