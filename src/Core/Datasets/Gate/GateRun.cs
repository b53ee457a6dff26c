using Droptune.Core.Datasets.Checking;
using Droptune.Core.Datasets.Checking.Tags;
using Droptune.Core.Datasets.Checking.Texts;
using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Quality;
using Droptune.Core.Datasets.Reading;
using Droptune.Core.Datasets.Records;
using Droptune.Core.Datasets.Snapshots;
using Droptune.Core.Datasets.Sources;
using Droptune.Core.Models;

namespace Droptune.Core.Datasets.Gate;

/// <summary>One run of the gate over the data files of a dataset, from their bytes to the report.</summary>
internal sealed class GateRun(
    string dataset, GateFiles files, DatasetManifest manifest, StartingPoint start, IReadOnlySet<ulong> forgotten, FindingLog log,
    SecondLook look, Action<string?>? opening, CancellationToken cancellationToken)
{
    private const int SmallDataset = 1000; // of a larger one, some texts hash to dev and test

    private readonly SplitPlan _plan = new(files.Data.Select(file => file.Name), look.Stated);
    private readonly DatasetStatistics _statistics = new(log, manifest, new LengthChecker(log, look.UnfitBase is null ? start.Tokenizer?.WithUnits(look.Units) : null, look.Units, manifest.Training.MaxLength));
    private readonly TextHash _hash = new();
    private readonly LabelTable _textLabels = new();
    private readonly LabelTable _entityLabels = new();
    private readonly List<FileSummary> _summaries = [];
    private readonly Dictionary<ulong, Split> _movable = []; // texts of a small dataset that no file's name keeps where they are
    private readonly Halves _halves = new();
    private readonly TextEvidence _evidence = new() { AreWordsJoined = look.AreWordsJoined };
    private readonly HashSet<string> _unclear = []; // files whose tags are of no scheme
    private readonly HashSet<Split> _stated = []; // by records for themselves
    private bool _fileStates; // whether records of the file at hand do
    private bool _isOverLimit;
    private long _texts; // without labels
    private long _unmatched; // texts of the file at hand that have no other half

    /// <summary>Checks everything, and writes the snapshot to <paramref name="folder"/> if there is one.</summary>
    public DatasetReport Check(string? folder)
    {
        foreach (var (file, why) in SplitWord.Unclear([.. files.Data.Where(file => DatasetFormat.IsKnown(file.Name) && SplitPlan.NamedSplit(file.Name) is null).Select(file => file.Name)]))
        {
            log.Add(FindingCode.UnclearSplit, file, 0, 0, [], $"{why}: the file is split by hash.");
        }

        var tags = FindTagForm();
        var canonical = new CanonicalWriter(_textLabels, _entityLabels, manifest.HasSeveralLabels());
        using var snapshot = new SnapshotWriter(folder);
        foreach (var (part, owner) in files.Parts.OrderBy(part => part.Key.Name, StringComparer.Ordinal))
        {
            _summaries.Add(new FileSummary(part.Name, $"read with {owner}", null, part.Length, 0) { IsPart = true });
        }

        foreach (var file in files.Data)
        {
            CheckFile(file, tags ?? TagForm.Usual, canonical, snapshot);
        }

        opening?.Invoke(null);
        if (look.UnfitBase is { } reason)
        {
            log.Add(FindingCode.UnfitBaseModel, reason);
        }

        var task = _statistics.Complete();
        var quality = _statistics.FindQuality(task, _textLabels, _entityLabels);
        var findings = log.HasErrors ? JsonSerializer.SerializeToUtf8Bytes(log.Kept, DroptuneJson.Compact) : [];
        return new DatasetReport
        {
            Dataset = dataset,
            Version = Convert.ToHexStringLower(snapshot.Complete(findings))[..12],
            Accepted = !log.HasErrors,
            Task = task,
            TagScheme = tags?.Scheme,
            Base = look.UnfitBase is null ? start.Base : new BaseModel(),
            Units = look.Units,
            IsRunningText = look.AreWordsJoined,
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

    /// <summary>What another run should take into account after <see cref="Check"/>; null = nothing.</summary>
    public SecondLook? Next()
    {
        if (look.Stated.Count == 0 && _stated.Count > 0)
        {
            return look with { Stated = [.. _stated] };
        }

        if (look.Labels is null && manifest.Task is null or TaskKind.Joint && _halves.AreThere)
        {
            return look.Join(ReadTexts(_halves.IsLabelled), ReadTexts(_halves.IsTagged));
        }

        var (units, areUnseen) = (_evidence.Units.Find(), _evidence.Borders.AreUnseen);
        var unfit = look.UnfitBase ?? (start.IsDefault ? _statistics.WhyBuiltInIsUnfit : null);
        if ((look.Units is null && units is not null) || (!look.AreWordsJoined && areUnseen) || unfit != look.UnfitBase)
        {
            return look with { Units = units, AreWordsJoined = areUnseen, UnfitBase = unfit };
        }

        return look.Moved.Count == 0 && _movable.Count <= SmallDataset ? look.Move(_movable, _statistics.Counts, !_plan.HasTestFile) : null;
    }

    /// <summary>The labels of each text of some files, by what it says; null where it says none.</summary>
    private Dictionary<ulong, IReadOnlyList<string>?> ReadTexts(Func<string, bool> isWanted)
    {
        var texts = new Dictionary<ulong, IReadOnlyList<string>?>();
        foreach (var file in files.Data.Where(file => isWanted(file.Name)))
        {
            using var content = files.Folder.Open(file);
            using var reader = DatasetFormat.ReaderOf(file.Name, content, new FindingLog(), manifest, files.Folder);
            var checker = new ExampleChecker(new FindingLog(), manifest with { Task = TaskKind.TextClassification }, TagForm.Usual, _textLabels, _entityLabels, units: null, new());
            for (var record = new Record(file.Name); reader.Read(record);)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (checker.Check(record) is { } example)
                {
                    texts.TryAdd(_hash.Normalised(example.Text.Span), example.HasLabels ? [.. example.Labels.Select(label => _textLabels[label])] : null);
                }
            }
        }

        return texts;
    }

    private void CheckFile(DatasetFile file, TagForm tags, CanonicalWriter canonical, SnapshotWriter snapshot)
    {
        if (DatasetFormat.IsCompanion(file.Name))
        {
            return;
        }

        var named = SplitPlan.NamedSplit(file.Name);
        var (examples, leftOut) = (_statistics.Examples + _texts, log.LeftOut);
        string? format = null;
        _fileStates = false;
        try
        {
            if (!DatasetFormat.IsKnown(file.Name))
            {
                log.LeaveRest(FindingCode.UnknownFormat, file.Name, 0, $"{(DatasetFormat.HasDataExtension(file.Name)
                    ? "The name is that of a file beside the data: rename it, if it holds examples"
                    : $"{Path.GetExtension(file.Name)} is no format of datasets")}.");
            }
            else if (!_isOverLimit && !_unclear.Contains(file.Name))
            {
                using var content = files.Folder.Open(file);
                using var reader = DatasetFormat.ReaderOf(file.Name, content, log, manifest, files.Folder);
                format = reader.Format;
                var checker = new ExampleChecker(log, manifest, tags, _textLabels, _entityLabels, look.Units, _evidence);
                if (SplitPlan.IsUnlabelled(file.Name))
                {
                    CheckTexts(reader, new Record(file.Name), checker, canonical, snapshot);
                }
                else
                {
                    _unmatched = 0;
                    CheckRecords(reader, new Record(file.Name), SplitsOf(file.Name, named), checker, canonical, snapshot);
                    checker.Complete(file.Name);
                    if (_unmatched > 0)
                    {
                        var (code, missing) = _halves.IsTagged(file.Name) ? (FindingCode.MissingLabel, "label") : (FindingCode.MissingTags, "entities");
                        log.LeaveRest(code, file.Name, 0,
                            $"{_unmatched} of its texts have no {missing} in any other file: labels and entities are joined by text. They are left out.");
                    }
                }

                if (!_halves.Has(file.Name) && (examples, leftOut) == (_statistics.Examples + _texts, log.LeftOut))
                {
                    log.LeaveRest(FindingCode.EmptyFile, file.Name, 0, $"The file holds no record.");
                }
            }
        }
        catch (UnreadableFileException e)
        {
            log.LeaveRest(e.Code, file.Name, e.Line, $"{e.Message}");
        }

        _summaries.Add(new FileSummary(file.Name, format, named, file.Length, _statistics.Examples + _texts - examples)
        {
            IsJoined = look.Labels is not null && _halves.IsLabelled(file.Name),
            SplitWord = SplitWord.Find(file.Name)?.Word,
            StatesSplits = _fileStates,
        });
    }

    private void CheckRecords(
        IDatasetReader reader, Record record, Func<Split?, ulong, Split> splitOf, ExampleChecker checker, CanonicalWriter canonical, SnapshotWriter snapshot)
    {
        while (reader.Read(record))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (IsForgotten(record) || checker.Check(record) is not { } example)
            {
                continue;
            }

            var normalised = _hash.Normalised(example.Text.Span);
            _halves.Add(record.File!, example);
            if (look.Labels is not null)
            {
                var isUnmatched = look.IsUnmatched(example, normalised);
                _unmatched += isUnmatched ? 1 : 0;
                if (isUnmatched || !example.HasTags)
                {
                    continue;
                }

                look.Complete(example, normalised, _textLabels);
            }

            var split = splitOf(record.Split, normalised);
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
            if (IsForgotten(record) || checker.Check(record) is not { } example)
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

    /// <summary>The split of a file's examples, by what they state and what their texts say.</summary>
    private Func<Split?, ulong, Split> SplitsOf(string file, Split? named)
    {
        if (SplitPlan.IsTrainOnly(file))
        {
            return (_, _) => Split.Train;
        }

        return (stated, text) =>
        {
            if (stated is { } own)
            {
                _stated.Add(own);
                _fileStates = true;
            }

            var split = _plan.SplitOf(stated ?? named, text);
            if ((stated ?? named) is null or Split.Train && _movable.Count <= SmallDataset)
            {
                _movable.TryAdd(text, split);
                return look.Moved.GetValueOrDefault(text, split);
            }

            return split;
        };
    }

    /// <summary>Leaves out a text that is to be forgotten, before anything of it can be quoted.</summary>
    private bool IsForgotten(Record record)
    {
        if (forgotten.Count == 0 || !forgotten.Contains(_hash.Normalised((record.HasTokens ? record.Tokens : record.Text).Joined.Span)))
        {
            return false;
        }

        log.LeaveOut(FindingCode.ForgottenText, record, record.Line, 0, [], $"The text is to be forgotten.");
        return true;
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

    /// <summary>How the tags of all files are written, as stated or found; null = there are none. Files whose tags are none are left out.</summary>
    private TagForm? FindTagForm()
    {
        var all = new TagEvidence();
        var byFile = new Dictionary<string, TagEvidence>();
        foreach (var file in files.Data.Where(file => DatasetFormat.IsKnown(file.Name) && !SplitPlan.IsUnlabelled(file.Name)))
        {
            try
            {
                using var content = files.Folder.Open(file);
                using var reader = DatasetFormat.ReaderOf(file.Name, content, new FindingLog(), manifest, files.Folder);
                var evidence = new TagEvidence();
                evidence.Look(reader);
                all.Add(evidence);
                byFile.Add(file.Name, evidence);
            }
            catch (UnreadableFileException)
            {
                // Reported when the file is checked.
            }
        }

        if (manifest.TagScheme is { } stated)
        {
            return new(stated, all.Spelling ?? TagSpelling.Usual);
        }

        var found = all.Find();
        foreach (var (file, evidence) in byFile.Where(file => file.Value.Tags > 0 && (found is null || (file.Value.IsBare && found.Scheme != TagScheme.IO))))
        {
            log.LeaveRest(FindingCode.UnclearTags, file, 0, $"{evidence.WhyNone}");
            _unclear.Add(file);
        }

        return found;
    }
}
