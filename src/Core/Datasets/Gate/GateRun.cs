using Droptune.Core.Datasets.Checking;
using Droptune.Core.Datasets.Checking.Tags;
using Droptune.Core.Datasets.Checking.Texts;
using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Quality;
using Droptune.Core.Datasets.Reading;
using Droptune.Core.Datasets.Records;
using Droptune.Core.Datasets.Snapshots;
using Droptune.Core.Datasets.Sources;
using Droptune.Core.Text.WordPiece;

namespace Droptune.Core.Datasets.Gate;

/// <summary>One run of the gate over the data files of a dataset, from their bytes to the report.</summary>
internal sealed class GateRun(
    string dataset, IReadOnlyList<DatasetFile> files, DatasetManifest manifest, WordPieceTokenizer? tokenizer, FindingLog log,
    Action<string?>? opening, CancellationToken cancellationToken)
{
    private readonly SplitPlan _plan = new(files.Select(file => file.Name));
    private readonly DatasetStatistics _statistics = new(log, manifest, new LengthChecker(log, tokenizer, manifest.Training.MaxLength));
    private readonly TextHash _hash = new();
    private readonly LabelTable _textLabels = new();
    private readonly LabelTable _entityLabels = new();
    private readonly List<FileSummary> _summaries = [];
    private bool _isOverLimit;
    private long _texts; // without labels

    /// <summary>Checks everything, and writes the snapshot to <paramref name="folder"/> if there is one.</summary>
    public DatasetReport Check(string? folder)
    {
        var scheme = manifest.TagScheme ?? FindScheme();
        var canonical = new CanonicalWriter(_textLabels, _entityLabels);
        using var snapshot = new SnapshotWriter(folder);
        foreach (var file in files)
        {
            CheckFile(file, scheme ?? TagScheme.IOB2, canonical, snapshot);
        }

        opening?.Invoke(null);
        var task = _statistics.Complete();
        var quality = _statistics.FindQuality(task, _textLabels, _entityLabels);
        var findings = log.HasErrors ? JsonSerializer.SerializeToUtf8Bytes(log.Kept, DroptuneJson.Compact) : [];
        return new DatasetReport
        {
            Dataset = dataset,
            Version = Convert.ToHexStringLower(snapshot.Complete(findings))[..12],
            Accepted = !log.HasErrors,
            Task = task,
            TagScheme = scheme,
            Counts = _statistics.Counts,
            UnlabelledTexts = _texts,
            LeftOut = log.LeftOut,
            TextLabels = [.. quality.TextLabels.Select(count => count.Label).Order(StringComparer.Ordinal)],
            EntityLabels = [.. quality.EntityLabels.Select(count => count.Label).Order(StringComparer.Ordinal)],
            Findings = log.Kept,
            Totals = log.Totals,
            Files = _summaries,
            Quality = quality,
            Manifest = manifest,
        };
    }

    private void CheckFile(DatasetFile file, TagScheme scheme, CanonicalWriter canonical, SnapshotWriter snapshot)
    {
        if (DatasetFormat.IsCompanion(file.Name))
        {
            return;
        }

        var named = SplitPlan.NamedSplit(file.Name);
        var (examples, leftOut) = (_statistics.Examples + _texts, log.LeftOut);
        string? format = null;
        try
        {
            if (!DatasetFormat.IsKnown(file.Name))
            {
                log.LeaveRest(FindingCode.UnknownFormat, file.Name, 0, $"{(DatasetFormat.HasDataExtension(file.Name)
                    ? "The name is that of a file beside the data: rename it, if it holds examples"
                    : $"{Path.GetExtension(file.Name)} is no format of datasets")}.");
            }
            else if (!_isOverLimit)
            {
                using var content = Open(file);
                using var reader = DatasetFormat.ReaderOf(file.Name, content, log, manifest);
                format = reader.Format;
                var checker = new ExampleChecker(log, manifest, scheme, _textLabels, _entityLabels);
                if (SplitPlan.IsUnlabelled(file.Name))
                {
                    CheckTexts(reader, new Record(file.Name), checker, canonical, snapshot);
                }
                else
                {
                    var isTrainOnly = SplitPlan.IsTrainOnly(file.Name);
                    CheckRecords(
                        reader, new Record(file.Name), hash => isTrainOnly ? Split.Train : _plan.SplitOf(named, hash), checker, canonical, snapshot);
                }

                if ((examples, leftOut) == (_statistics.Examples + _texts, log.LeftOut))
                {
                    log.LeaveRest(FindingCode.EmptyFile, file.Name, 0, $"The file holds no record.");
                }
            }
        }
        catch (UnreadableFileException e)
        {
            log.LeaveRest(e.Code, file.Name, e.Line, $"{e.Message}");
        }

        _summaries.Add(new FileSummary(file.Name, format, named, file.Length, _statistics.Examples + _texts - examples));
    }

    private void CheckRecords(
        IDatasetReader reader, Record record, Func<ulong, Split> splitOf, ExampleChecker checker, CanonicalWriter canonical, SnapshotWriter snapshot)
    {
        while (reader.Read(record))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (checker.Check(record) is not { } example)
            {
                continue;
            }

            var normalised = _hash.Normalised(example.Text.Span);
            var split = splitOf(normalised);
            _statistics.Add(split, record, example, normalised);
            snapshot.Write(split, canonical.Write(example));
            if (IsOverLimit(record, FindingCode.TooManyExamples, _statistics.Examples, manifest.Validation.MaxExamples, "examples")
                || IsOverLimit(record, FindingCode.TooManyLabels, _textLabels.Count, manifest.Validation.MaxLabels, "labels of texts")
                || IsOverLimit(record, FindingCode.TooManyLabels, _entityLabels.Count, manifest.Validation.MaxLabels, "labels of entities"))
            {
                return;
            }
        }
    }

    /// <summary>Whatever labels a text without labels has, they are not read.</summary>
    private void CheckTexts(IDatasetReader reader, Record record, ExampleChecker checker, CanonicalWriter canonical, SnapshotWriter snapshot)
    {
        while (reader.Read(record))
        {
            cancellationToken.ThrowIfCancellationRequested();
            record.ClearLabels();
            if (checker.Check(record) is not { } example)
            {
                continue;
            }

            snapshot.Write(split: null, canonical.Write(example));
            if (IsOverLimit(record, FindingCode.TooManyExamples, ++_texts, manifest.Validation.MaxExamples, "texts without labels"))
            {
                return;
            }
        }
    }

    private bool IsOverLimit(Record record, FindingCode code, long count, long limit, string what)
    {
        if (count <= limit)
        {
            return false;
        }

        log.LeaveRest(code, record.File, 0, $"There are more than {limit} {what}: nothing more is read.");
        return _isOverLimit = true;
    }

    private TagScheme? FindScheme()
    {
        var finder = new TagSchemeFinder();
        foreach (var file in files.Where(file => DatasetFormat.IsKnown(file.Name) && !SplitPlan.IsUnlabelled(file.Name)))
        {
            try
            {
                using var content = Open(file);
                using var reader = DatasetFormat.ReaderOf(file.Name, content, new FindingLog(), manifest);
                finder.Look(reader);
            }
            catch (UnreadableFileException)
            {
                // Reported when the file is checked.
            }
        }

        return finder.Find();
    }

    /// <summary>A file's content, uncompressed if it was compressed, whatever its name says.</summary>
    private PeekStream Open(DatasetFile file)
    {
        opening?.Invoke(file.Name);

        // The gate runs on a thread of its own, so waiting for a stream blocks nobody.
        var stored = new PeekStream(file.OpenAsync(cancellationToken).GetAwaiter().GetResult(), 3);
        return new PeekStream(
            GzipContent.IsGzip(stored.Head) ? GzipContent.Open(stored, manifest.Validation.MaxCompressionRatio) : stored,
            DatasetFormat.MagicLength);
    }
}
