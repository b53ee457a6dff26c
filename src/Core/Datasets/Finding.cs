
namespace Droptune.Core.Datasets;

/// <summary>One thing found in a dataset: where, what, and what to do about it.</summary>
public sealed record Finding
{
    public required FindingCode Code { get; init; }

    public required Severity Severity { get; init; }

    /// <summary>The file as the dataset names it; null when the finding is about the dataset as a whole.</summary>
    public string? File { get; init; }

    /// <summary>1-based line of the uncompressed file (row of a Parquet file).</summary>
    public long? Line { get; init; }

    /// <summary>1-based column in characters (code points) of that line.</summary>
    public int? Column { get; init; }

    /// <summary>What was found.</summary>
    public required string Message { get; init; }

    /// <summary>What to do.</summary>
    public required string Advice { get; init; }

    /// <summary>The offending part: shortened, control characters shown, personal data masked.</summary>
    public string? Excerpt { get; init; }
}

/// <summary>How often a code was found in all; <see cref="DatasetReport.Findings"/> keeps the first of them.</summary>
public sealed record FindingTotal(FindingCode Code, Severity Severity, long Count);

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
