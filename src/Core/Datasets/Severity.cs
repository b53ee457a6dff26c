namespace Droptune.Core.Datasets;

/// <summary>What a finding does to the dataset.</summary>
public enum Severity
{
    /// <summary>The dataset is rejected.</summary>
    Error,

    /// <summary>Reported; the dataset is accepted.</summary>
    Warning,

    /// <summary>Only reported, and no more than once, where it leaves something out: only a manifest sets this.</summary>
    Ignore,
}
