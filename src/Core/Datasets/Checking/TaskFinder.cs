using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Records;

namespace Droptune.Core.Datasets.Checking;

/// <summary>Finds the task that a dataset is for, and reports the examples that lack what it needs.</summary>
internal sealed class TaskFinder(FindingLog log, DatasetManifest manifest)
{
    private readonly LackingExamples _withoutTags = new();
    private readonly LackingExamples _withoutLabel = new();
    private long _examples;
    private long _unclear; // examples of which nothing but an empty list says that they have no entities
    private bool _hasEntities;

    /// <summary>Examples that have tags or a list of entities.</summary>
    public long Tagged => _examples - _withoutTags.Count;

    public void Add(Record record, CheckedExample example)
    {
        _examples++;
        _withoutTags.Add(!example.HasTags, record);
        _withoutLabel.Add(!example.HasLabels, record);
        _unclear += record.MayBeUnlabelled ? 1 : 0;
        _hasEntities = _hasEntities || example.Spans.Count > 0 || example.Tags.Exists(tag => tag > 0);
    }

    /// <summary>The task as stated, or as the data show it, and the examples that lack what it needs.</summary>
    public TaskKind Find()
    {
        var labelled = _examples - _withoutLabel.Count;
        var ofTexts = manifest.HasSeveralLabels() ? TaskKind.MultiLabelClassification : TaskKind.TextClassification;
        var task = manifest.Task ?? (Tagged - _unclear, labelled) switch
        {
            (0, > 0) => ofTexts,
            _ when Tagged == 0 => ofTexts,
            _ when labelled == 0 => TaskKind.TokenClassification,
            // Labelling tools write an empty list of entities even where none are asked for.
            _ when !_hasEntities && labelled == _examples => ofTexts,
            _ => TaskKind.Joint,
        };
        if ((task.HasTextLabels() && labelled == 0) || (task.HasEntities() && Tagged == 0))
        {
            log.Add(FindingCode.TaskMismatch, labelled + Tagged == 0
                ? "No example has a label, tags or entities: there is nothing to learn."
                : $"The task is stated as {DroptuneJson.Word(task)}, but no example has {(labelled == 0 ? "a label" : "tags or entities")}.");
            return task;
        }

        if (manifest.MultiLabel && !task.HasTextLabels())
        {
            log.Add(FindingCode.TaskMismatch, "The manifest states multiLabel, but no example has a label.");
        }

        if (task.HasTextLabels())
        {
            _withoutLabel.Report(log, FindingCode.MissingLabel, manifest.HasSeveralLabels()
                ? "The example has no label, and nothing says that none holds: an empty list would, in CoNLL a line '# label ='."
                : "The example has no label, others have one.");
        }

        if (task.HasEntities())
        {
            _withoutTags.Report(log, FindingCode.MissingTags, "The example has no tags or entities, others have them.");
        }

        return task;
    }
}
