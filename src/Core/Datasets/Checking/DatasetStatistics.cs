namespace Droptune.Core.Datasets.Checking;

/// <summary>Counts what the examples of a dataset are, and reports what can only be seen of all of them together.</summary>
internal sealed class DatasetStatistics(FindingLog log, DatasetManifest manifest)
{
    private readonly long[] _examples = new long[3];
    private long _tagged;
    private long _labelled;

    public SplitCounts Counts => new(_examples[0], _examples[1], _examples[2]);

    public long Examples => _examples.Sum();

    public void Add(Split split, CheckedExample example)
    {
        _examples[(int)split]++;
        _tagged += example.HasTags ? 1 : 0;
        _labelled += example.Label >= 0 ? 1 : 0;
    }

    /// <summary>The task: as stated, or as the data show it; null when there are no examples.</summary>
    public TaskKind? FindTask()
    {
        if (_examples[(int)Split.Train] == 0)
        {
            log.Add(FindingCode.NoExamples, Examples == 0 ? "There is no usable example." : "There is no usable example in train.");
        }

        return manifest.Task ?? (Examples, _tagged, _labelled) switch
        {
            (0, _, _) => null,
            (_, > 0, > 0) => TaskKind.Joint,
            (_, > 0, 0) => TaskKind.TokenClassification,
            _ => TaskKind.TextClassification,
        };
    }
}
