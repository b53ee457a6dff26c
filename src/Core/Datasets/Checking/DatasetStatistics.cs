using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text.Json;
using Droptune.Core.Datasets.Quality;
using Droptune.Core.Datasets.Reading;

namespace Droptune.Core.Datasets.Checking;

/// <summary>Counts what the examples of a dataset are, and reports what can only be seen of all of them together.</summary>
internal sealed class DatasetStatistics(FindingLog log, DatasetManifest manifest, LengthChecker lengths)
{
    private const int ProfiledExamples = 20_000;
    private readonly long[] _examples = new long[3];
    private readonly DuplicateTable _texts = new();
    private readonly LabelCounter _textLabels = new();
    private readonly LabelCounter _entityLabels = new();
    private readonly SharedSurfaces _surfaces = new();
    private readonly LabelProfiles _profiles = new();
    private readonly LackingExamples _withoutTags = new();
    private readonly LackingExamples _withoutLabel = new();
    private long _entities;

    public SplitCounts Counts => new(_examples[0], _examples[1], _examples[2]);

    public long Examples => _examples[0] + _examples[1] + _examples[2];

    /// <summary>Adds an example; <paramref name="normalised"/> is the hash of its normalised text.</summary>
    public void Add(Split split, Record record, CheckedExample example, ulong normalised)
    {
        _examples[(int)split]++;
        _withoutTags.Add(!example.HasTags, log.File, record);
        _withoutLabel.Add(example.Label < 0, log.File, record);
        AddLabels(split, example);
        lengths.Check(record, example);

        var sighting = _texts.Add(normalised, TextHash.Exact(example.Text.Span), LabelHash(example), split);
        if (!sighting.IsNew)
        {
            ReportSighting(split, record, example, sighting);
        }
    }

    /// <summary>Reports on the whole; returns the task (null when there are no examples).</summary>
    public TaskKind? Complete()
    {
        if (_examples[(int)Split.Train] == 0)
        {
            log.Add(FindingCode.NoExamples, Examples == 0 ? "No file holds an example that can be used." : "There is no usable example in train.");
        }

        foreach (var split in (Split[])[Split.Dev, Split.Test])
        {
            if (Examples > 0 && _examples[(int)split] == 0)
            {
                log.Add(FindingCode.EmptySplit, $"There is no example in {split.ToString().ToLowerInvariant()}.");
            }
        }

        lengths.Complete();
        return Examples == 0 ? manifest.Task : FindTask();
    }

    /// <summary>The label-quality section; reports on the labels' numbers.</summary>
    public LabelQuality FindQuality(TaskKind? task, LabelTable textNames, LabelTable entityNames)
    {
        var textLabels = task == TaskKind.TokenClassification ? [] : _textLabels.Counts(textNames);
        var entityLabels = task == TaskKind.TextClassification ? [] : _entityLabels.Counts(entityNames);
        if (Examples > 0)
        {
            LabelCounter.Report(textLabels, "example", "examples", log, manifest.Validation);
            LabelCounter.Report(entityLabels, "entity", "entities", log, manifest.Validation);
            ReportVariety(task, textLabels, entityLabels);
        }

        var quality = new LabelQuality
        {
            TextLabels = textLabels,
            EntityLabels = entityLabels,
            Confusable = [.. _surfaces.Find(entityNames), .. textLabels.Count > 1 ? _profiles.Find(textNames) : []],
            Lengths = lengths.Summary,
        };
        return quality with { Suggestions = Suggestions.For(quality, log, manifest.Validation) };
    }

    private void AddLabels(Split split, CheckedExample example)
    {
        if (example.Label >= 0)
        {
            _textLabels.Add(example.Label, split);
        }

        if (example.HasTags)
        {
            AddEntities(split, example);
        }

        // What labels look like is learnt from a sample: the first of train.
        if (split == Split.Train && _examples[0] <= ProfiledExamples)
        {
            AddProfiles(example);
        }
    }

    private void AddEntities(Split split, CheckedExample example)
    {
        foreach (var (_, _, label) in example.Spans)
        {
            _entities++;
            _entityLabels.Add(label, split);
        }

        foreach (var tag in example.Tags)
        {
            if (tag % 2 == 1) // B-
            {
                _entities++;
                _entityLabels.Add((tag - 1) / 2, split);
            }
        }
    }

    private void AddProfiles(CheckedExample example)
    {
        if (example.Label >= 0)
        {
            _profiles.Add(example.Label, example.Text.Span);
        }

        foreach (var (label, surface) in example.Entities())
        {
            _surfaces.Add(surface.Span, label);
        }
    }

    private void ReportSighting(Split split, Record record, CheckedExample example, Sighting sighting)
    {
        if (sighting.InSplit)
        {
            log.Add(sighting.IsExact ? FindingCode.DuplicateText : FindingCode.NearDuplicateText, record.Line, 0, example.Text.Span,
                $"{(sighting.IsExact ? "The text" : "The text, but for case, spaces or width,")} stands above in {Name(split)} already.");
        }

        if (sighting.Other is { } other)
        {
            log.Add(FindingCode.Leakage, record.Line, 0, example.Text.Span, $"The text, here in {Name(split)}, is in {Name(other)} too.");
        }

        if (!sighting.HasSameLabels)
        {
            log.Add(FindingCode.ContradictingLabels, record.Line, 0, example.Text.Span, $"The text was seen before with another label or other tags.");
        }
    }

    /// <summary>The task as stated, or as the data show it, and the examples that lack what it needs.</summary>
    private TaskKind FindTask()
    {
        var tagged = Examples - _withoutTags.Count;
        var labelled = Examples - _withoutLabel.Count;
        var task = manifest.Task ?? (tagged, labelled) switch
        {
            (0, _) => TaskKind.TextClassification,
            (_, 0) => TaskKind.TokenClassification,
            // Labelling tools write an empty list of entities even where none are asked for.
            _ when _entities == 0 && labelled == Examples => TaskKind.TextClassification,
            _ => TaskKind.Joint,
        };
        if ((task != TaskKind.TokenClassification && labelled == 0) || (task != TaskKind.TextClassification && tagged == 0))
        {
            log.Add(FindingCode.TaskMismatch, labelled + tagged == 0
                ? "No example has a label, tags or entities: there is nothing to learn."
                : $"The task is stated as {JsonNamingPolicy.KebabCaseLower.ConvertName(task.ToString())}, but no example has {(labelled == 0 ? "a label" : "tags or entities")}.");
            return task;
        }

        if (task != TaskKind.TokenClassification)
        {
            _withoutLabel.Report(log, FindingCode.MissingLabel, "The example has no label, others have one.");
        }

        if (task != TaskKind.TextClassification)
        {
            _withoutTags.Report(log, FindingCode.MissingTags, "The example has no tags or entities, others have them.");
        }

        return task;
    }

    private void ReportVariety(TaskKind? task, IReadOnlyList<LabelCount> textLabels, IReadOnlyList<LabelCount> entityLabels)
    {
        if (textLabels.Count == 1 && task != TaskKind.TokenClassification)
        {
            log.Add(FindingCode.SingleClass, $"All texts have the label '{textLabels[0].Label}'.");
        }

        if (entityLabels.Count == 0 && task is TaskKind.TokenClassification or TaskKind.Joint && _withoutTags.Count < Examples)
        {
            log.Add(FindingCode.SingleClass, "No entity is tagged anywhere: all tags are O.");
        }

        var learnt = textLabels.Where(count => count.Train > 0).ToList();
        if (learnt.Count > 1 && learnt[0].Train > learnt[^1].Train * manifest.Validation.MaxImbalance)
        {
            log.Add(FindingCode.ClassImbalance,
                $"'{learnt[0].Label}' has {learnt[0].Train} examples in train, '{learnt[^1].Label}' has {learnt[^1].Train}.");
        }
    }

    private static ulong LabelHash(CheckedExample example)
    {
        // The lowest bit is the shape: labels of words and of a text are not compared.
        var hash = (ulong)(example.Label + 2) * 0x9E3779B97F4A7C15;
        if (example.HasTags)
        {
            hash ^= example.Tokens is null
                ? XxHash3.HashToUInt64(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(example.Spans)))
                : XxHash3.HashToUInt64(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(example.Tags)));
        }

        return (hash >> 32 & ~1UL) | (example.Tokens is null ? 1UL : 0);
    }

    private static string Name(Split split) => split.ToString().ToLowerInvariant();
}
