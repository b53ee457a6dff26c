using System.Text.Json.Serialization;
using Droptune.Core.Jobs;
using Droptune.Core.Models;
using Droptune.Core.Text;

namespace Droptune.Core.Datasets;

/// <summary>What the gate says about a dataset; written as JSON by <see cref="DroptuneJson.Readable"/>.</summary>
public sealed record DatasetReport
{
    public required string Dataset { get; init; }

    /// <summary>
    /// First 12 hex digits of SHA-256 over the canonical train, dev, test and unlabelled content, one after the other. A rejected
    /// dataset has a version too, which also covers the findings: it never equals that of an accepted one.
    /// </summary>
    public required string Version { get; init; }

    public required bool Accepted { get; init; }

    /// <summary>Found from the data or stated in the manifest; null when no example could be read.</summary>
    public TaskKind? Task { get; init; }

    /// <summary>How the tags were read: stated in the manifest or recognised; null where there are none.</summary>
    public TagScheme? TagScheme { get; init; }

    /// <summary>What a training starts from that is asked for nothing else; null in reports of versions that did not say.</summary>
    public BaseModel? Base { get; init; }

    /// <summary>Units smaller than words, which labels need; null = words.</summary>
    public SmallUnits? Units { get; init; }

    /// <summary>Whether words of a language without spaces will be joined to texts.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsRunningText { get; init; }

    /// <summary>Examples in the snapshot.</summary>
    public required SplitCounts Counts { get; init; }

    /// <summary>Texts without labels in the snapshot, for pre-training.</summary>
    public long UnlabelledTexts { get; init; }

    /// <summary>Records that are not in the snapshot: each is counted in <see cref="Totals"/>, too, under the code that says why.</summary>
    public long LeftOut { get; init; }

    /// <summary>Labels of whole texts, sorted; empty where the task has none.</summary>
    public IReadOnlyList<string> TextLabels { get; init; } = [];

    /// <summary>Entity labels (tags without B- and I-), sorted; empty where the task has none.</summary>
    public IReadOnlyList<string> EntityLabels { get; init; } = [];

    /// <summary>
    /// The first 100 findings of each code (of an ignored one that left something out, the first): errors first, as they reject the
    /// dataset, then by file and line; findings about the whole dataset come before those of files.
    /// </summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>All findings, counted by code, errors first.</summary>
    public required IReadOnlyList<FindingTotal> Totals { get; init; }

    public required IReadOnlyList<FileSummary> Files { get; init; }

    public required LabelQuality Quality { get; init; }

    /// <summary>dataset.json as it was understood, defaults filled in.</summary>
    public required DatasetManifest Manifest { get; init; }

    /// <summary>What a training with other options starts from that names no base model: that of the data, unless it is the built-in one and cannot do what they ask for.</summary>
    public BaseModel StartOf(Optimisation how) => Base switch
    {
        { Name: not BaseModel.BuiltIn } known => known,
        { } builtIn when !how.WantsOwnVocabulary() && how.MaxLength <= BuiltInBase.MaxLength => builtIn,
        _ => new(),
    };

    /// <summary>The training that an accepted dataset asks for.</summary>
    public JobSpec ToJobSpec() => new()
    {
        Model = Manifest.Model ?? Dataset,
        Base = Base ?? Manifest.Start(BaseModel.Scratch),
        Dataset = new(Dataset, Version),
        Task = Task!.Value,
        Optimisation = Manifest.Training,
    };
}

/// <summary>Examples of each split.</summary>
public sealed record SplitCounts(long Train, long Dev, long Test);

/// <summary>How a file was read; <paramref name="Split"/> is null for a file that is split by hash, or holds texts without labels.</summary>
public sealed record FileSummary(string Name, string? Format, Split? Split, long Bytes, long Examples)
{
    /// <summary>The word of the path that states the split; null where none does.</summary>
    public string? SplitWord { get; init; }

    /// <summary>Whether it is read with another file, which <see cref="Format"/> names.</summary>
    public bool IsPart { get; init; }

    /// <summary>Whether its records state their split themselves.</summary>
    public bool StatesSplits { get; init; }

    /// <summary>Whether it has the labels of texts whose entities are in other files: its examples are counted there.</summary>
    public bool IsJoined { get; init; }
}
