namespace Droptune.Core.Datasets;

/// <summary>What a finding does to the dataset.</summary>
public enum Severity
{
    /// <summary>The dataset is rejected.</summary>
    Error,

    /// <summary>Reported; the dataset is accepted.</summary>
    Warning,

    /// <summary>Not reported: only a manifest sets this.</summary>
    Ignore,
}
