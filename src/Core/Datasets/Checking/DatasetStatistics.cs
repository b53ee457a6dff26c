using System.Runtime.InteropServices;
using Droptune.Core.Datasets.Checking.Texts;
using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Quality;
using Droptune.Core.Datasets.Records;
using Droptune.Core.Text;

namespace Droptune.Core.Datasets.Checking;

/// <summary>Counts what the examples of a dataset are, and reports what can only be seen of all of them together.</summary>
internal sealed class DatasetStatistics(FindingLog log, DatasetManifest manifest, LengthChecker lengths)
{
    private readonly long[] _examples = new long[3];
    private readonly SeenTexts _texts = new(log);
    private readonly TaskFinder _tasks = new(log, manifest);
    private readonly LabelCounter _textLabels = new();
    private readonly LabelCounter _entityLabels = new();
    private readonly SharedSurfaces _surfaces = new();
    private readonly LabelProfiles _profiles = new();
    private readonly CardinalityCounter? _cardinality = manifest.HasSeveralLabels() ? new() : null;
    private readonly CaseEvidence _case = new();
    private char[] _decoded = new char[1024];

    public SplitCounts Counts => new(_examples[0], _examples[1], _examples[2]);

    public long Examples => _examples[0] + _examples[1] + _examples[2];

    /// <summary>Why the built-in base model, which the lengths were counted with, is no start for these data; null = it is.</summary>
    public string? WhyBuiltInIsUnfit => lengths.WhyForeign ?? (_case.IsCarriedByTextLabels
        ? "It reads all texts in lower case, and here upper and lower case tell labels of texts apart."
        : null);

    /// <summary>Adds an example; <paramref name="normalised"/> is the hash of its normalised text.</summary>
    public void Add(Split split, Record record, CheckedExample example, ulong normalised)
    {
        _texts.Expect(normalised);
        _examples[(int)split]++;
        _tasks.Add(record, example);
        AddLabels(split, example);
        lengths.Check(record, example);
        _texts.Add(split, record, example, normalised);
    }

    /// <summary>Reports on the whole; returns the task (null when there are no examples).</summary>
    public TaskKind? Complete()
    {
        if (_examples[(int)Split.Train] == 0)
        {
            log.Add(FindingCode.NoExamples, Examples == 0 ? "No file holds an example that can be used." : "There is no usable example in train.");
        }
        else if (_examples[(int)Split.Dev] == 0)
        {
            log.Add(FindingCode.NoExamples, "There is no usable example in dev, by which epochs are chosen, and train has none to spare.");
        }

        if (Examples > 0 && _examples[(int)Split.Test] == 0)
        {
            log.Add(FindingCode.EmptySplit, $"There is no example in {Split.Test.Name()}.");
        }

        lengths.Complete();
        return Examples == 0 ? manifest.Task : _tasks.Find();
    }

    /// <summary>The label-quality section; reports on the labels' numbers.</summary>
    public LabelQuality FindQuality(TaskKind? task, LabelTable textNames, LabelTable entityNames)
    {
        var textLabels = task?.HasTextLabels() == false ? [] : _textLabels.Counts(textNames);
        var entityLabels = task?.HasEntities() == false ? [] : _entityLabels.Counts(entityNames);
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
            Cardinality = textLabels.Count > 0 ? _cardinality?.Find(textNames) : null,
            Lengths = lengths.Summary,
            CaseCarriesLabels = _case.IsCarried,
        };
        return quality with { Suggestions = Suggestions.For(quality, log, manifest.Validation) };
    }

    private void AddLabels(Split split, CheckedExample example)
    {
        foreach (var label in example.Labels)
        {
            _textLabels.Add(label, split);
        }

        if (example.HasLabels)
        {
            _cardinality?.Add(example.Labels, split);
        }

        if (example.HasTags)
        {
            AddEntities(split, example);
        }

        // What labels look like is learnt from a sample: the first of train.
        if (split == Split.Train && _examples[0] <= CaseEvidence.Examples)
        {
            AddProfiles(example);
        }
    }

    private void AddEntities(Split split, CheckedExample example)
    {
        foreach (var (_, _, label) in example.Spans)
        {
            _entityLabels.Add(label, split);
        }

        foreach (var tag in CollectionsMarshal.AsSpan(example.Tags))
        {
            if ((tag & 1) != 0) // B-
            {
                _entityLabels.Add(tag >> 1, split);
            }
        }
    }

    private void AddProfiles(CheckedExample example)
    {
        AddCase(example);
        foreach (var label in example.Labels)
        {
            _profiles.Add(label, example.Text.Span);
        }

        foreach (var (label, surface) in example.Entities())
        {
            _surfaces.Add(surface.Span, label);
        }
    }

    /// <summary>The words as training sees them in the snapshot: tokens, or what spaces divide.</summary>
    private void AddCase(CheckedExample example)
    {
        _case.Start();
        if (example.Tokens is { } tokens)
        {
            for (var i = 0; i < tokens.Count; i++)
            {
                _case.Add(Decode(tokens[i]), example.Labels, example.HasTags ? example.Tags[i] != 0 : null);
            }

            return;
        }

        var text = Decode(example.Text.Span);
        foreach (var word in text.Split(' '))
        {
            var (start, end) = (word.Start.Value, word.End.Value);
            _case.Add(text[word], example.Labels, example.HasTags ? example.Spans.Exists(span => span.Start < end && start < span.End) : null);
        }
    }

    /// <summary>The text as UTF-16; valid until the next call.</summary>
    private ReadOnlySpan<char> Decode(ReadOnlySpan<byte> text)
    {
        if (_decoded.Length < text.Length)
        {
            _decoded = new char[2 * text.Length];
        }

        return _decoded.AsSpan(0, Encoding.UTF8.GetChars(text, _decoded));
    }

    private void ReportVariety(TaskKind? task, IReadOnlyList<LabelCount> textLabels, IReadOnlyList<LabelCount> entityLabels)
    {
        if (_cardinality is not null && task?.HasTextLabels() == true)
        {
            if (textLabels.All(count => count.Train == 0))
            {
                log.Add(FindingCode.SingleClass, $"No text {(textLabels.Count == 0 ? "" : "of train ")}has a label.");
            }
            else if (textLabels.Count == 1 && _cardinality.Unlabelled == 0)
            {
                log.Add(FindingCode.SingleClass, $"All texts have the label '{textLabels[0].Label}', and no other.");
            }
        }
        else if (textLabels.Count == 1 && task?.HasTextLabels() == true)
        {
            var refused = log.CountOf(FindingCode.NotAccepted);
            log.Add(FindingCode.SingleClass, $"All texts have the label '{textLabels[0].Label}'.{(refused == 0 ? ""
                : $" {refused} records that were not accepted are left out: where they answer no to that label, give them one of their own.")}");
        }

        if (entityLabels.Count == 0 && task?.HasEntities() == true && _tasks.Tagged > 0)
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
}
