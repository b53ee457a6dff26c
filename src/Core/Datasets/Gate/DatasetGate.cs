using System.Collections.Immutable;
using Droptune.Core.Datasets.Checking;
using Droptune.Core.Datasets.Checking.Tags;
using Droptune.Core.Datasets.Checking.Texts;
using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Reading.Json;
using Droptune.Core.Datasets.Records;
using Droptune.Core.Models;
using Droptune.Core.Text;

namespace Droptune.Core.Datasets.Gate;

/// <summary>
/// Checks a dataset before any training second is spent on it: streams its files, reports every finding, and writes the
/// canonical snapshot as it goes. Bad data is never an exception.
/// </summary>
public static class DatasetGate
{
    /// <summary>
    /// Checks <paramref name="files"/>, a manifest among them or not, and writes <c>{train,dev,test}.jsonl.gz</c> to
    /// <paramref name="snapshotFolder"/>; they are only worth keeping when the report says accepted. Null = check only.
    /// With the vocabulary of the base model that <paramref name="baseModels"/> finds, lengths are counted in pieces. Texts whose
    /// <see cref="TextHash.Normalised"/> is in <paramref name="forgotten"/> are left out, and not quoted.
    /// <paramref name="opening"/> gets the name of each file that is read next, and null when all have been read.
    /// </summary>
    public static async Task<DatasetReport> CheckAsync(
        string dataset, IReadOnlyList<DatasetFile> files, string? snapshotFolder = null, BaseModelFinder? baseModels = null,
        IReadOnlySet<ulong>? forgotten = null, Action<string?>? opening = null, CancellationToken cancellationToken = default)
    {
        DatasetReport report;
        SecondLook? look = new();
        baseModels = Once(baseModels);
        do
        {
            var log = new FindingLog();
            var manifest = await ManifestReader.ReadAsync(files, log, cancellationToken);
            var start = await BaseModelReader.ReadAsync(manifest, baseModels, log, cancellationToken);
            var current = look;
            (report, look) = await Task.Run(
                () =>
                {
                    var gateFiles = GateFiles.Of(files, manifest, log, opening, cancellationToken);
                    var run = new GateRun(dataset, gateFiles, manifest, start, forgotten ?? ImmutableHashSet<ulong>.Empty, log, current, opening, cancellationToken);
                    return (run.Check(snapshotFolder), run.Next());
                },
                cancellationToken);
        }
        while (look is not null);
        return report;
    }

    /// <summary>However often the files are looked at, the base model is looked for once: it may be far away.</summary>
    private static BaseModelFinder? Once(BaseModelFinder? finder)
    {
        Task<FoundBaseModel?>? found = null;
        return finder is null ? null : (name, cancellationToken) => found ??= finder(name, cancellationToken);
    }

    /// <summary>The report on a dataset whose check was ended: what else is wrong with it is not known.</summary>
    /// <param name="dataset">Its name.</param>
    /// <param name="file">Whose reading was ended; null where all had been read.</param>
    /// <param name="code">What it came to.</param>
    /// <param name="reason">Which limit, a sentence.</param>
    public static DatasetReport Ended(string dataset, string? file, FindingCode code, string reason)
    {
        var log = new FindingLog();
        log.LeaveRest(code, file, 0, $"{reason} Nothing more was looked at.");
        return new GateRun(dataset, GateFiles.Of([], new DatasetManifest(), log, opening: null, CancellationToken.None), new DatasetManifest(), StartingPoint.Scratch, ImmutableHashSet<ulong>.Empty, log, new(), opening: null, CancellationToken.None).Check(folder: null);
    }

    /// <summary>
    /// Checks one example in canonical form, which is in no file: what is found has no place. What only shows among others
    /// (its task, labels that nobody else has) is not looked at; a span that would have to be widened is an error, as it can still
    /// be corrected.
    /// </summary>
    /// <param name="example">What to check.</param>
    /// <param name="settings">Of the dataset that it belongs to.</param>
    /// <param name="units">Of that dataset.</param>
    public static IReadOnlyList<Finding> CheckExample(Example example, ValidationSettings settings, SmallUnits? units = null)
    {
        var log = new FindingLog();
        log.Apply(settings with { Severities = settings.Severities.Append(new("span-cuts-word", Severity.Error)).DistinctBy(severity => severity.Key).ToDictionary() });
        var manifest = new DatasetManifest { SpanUnit = StringIndexType.Utf16CodeUnit, SpanEnd = SpanEnd.Exclusive, MultiLabel = example.Labels is not null };
        using var reader = new JsonLinesReader(new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(example, DroptuneJson.Compact)), log, manifest, new ClassNames(null, ""));
        var record = new Record(file: null);
        if (reader.Read(record))
        {
            new ExampleChecker(log, manifest, TagForm.Usual, new LabelTable(), new LabelTable(), SmallUnits.OrAny(units), new()).Check(record);
        }

        return [.. log.Kept.Select(finding => finding with { Line = null, Column = null, Excerpt = null })];
    }
}

/// <summary>
/// Finds a base model by its name as <c>dataset.json</c> gives it (null = the default one). Null = there is none; what makes a model
/// useless is an <see cref="InvalidDataException"/>, what the hub refuses a <see cref="Hub.HubException"/>.
/// </summary>
public delegate Task<FoundBaseModel?> BaseModelFinder(string? name, CancellationToken cancellationToken);
