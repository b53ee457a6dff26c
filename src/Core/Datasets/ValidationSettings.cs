using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Droptune.Core.Datasets;

/// <summary>The limits of the gate, and which findings are errors: the manifest's <c>validation</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ValidationSettings
{
    /// <summary>Severities that differ from the default, by code.</summary>
    public IReadOnlyDictionary<string, Severity> Severities { get; init; } = new Dictionary<string, Severity>();

    /// <summary>Findings of one code that are kept with their place; all are counted.</summary>
    [Range(1, 10_000)]
    public int FindingsPerCode { get; init; } = 100;

    /// <summary>Bytes of one file, uncompressed.</summary>
    [Range(1, (double)long.MaxValue)]
    public long MaxFileBytes { get; init; } = 16L << 30;

    /// <summary>Bytes of one record (a line, an element, a sentence with its tags).</summary>
    [Range(1, 1 << 28)]
    public int MaxRecordBytes { get; init; } = 1 << 20;

    /// <summary>Bytes of a file that is one document (an exported project): it is read whole.</summary>
    [Range(1, 1 << 30)]
    public int MaxProjectBytes { get; init; } = 64 << 20;

    /// <summary>Examples of the whole dataset.</summary>
    [Range(1, (double)long.MaxValue)]
    public long MaxExamples { get; init; } = 50_000_000;

    /// <summary>Uncompressed bytes a compressed byte. Text reaches 20, repeated records 200; deflate ends at 1032.</summary>
    [Range(1, 1100)]
    public int MaxCompressionRatio { get; init; } = 500;

    /// <summary>Bytes that an archive unpacks to.</summary>
    [Range(1, (double)long.MaxValue)]
    public long MaxArchiveBytes { get; init; } = 4L << 30;

    /// <summary>Entries of an archive.</summary>
    [Range(1, 1_000_000)]
    public int MaxArchiveEntries { get; init; } = 10_000;

    /// <summary>Distinct labels of one kind (text labels, entity labels).</summary>
    [Range(1, 1_000_000)]
    public int MaxLabels { get; init; } = 2000;

    /// <summary>Examples in train that a label should have to be learnt.</summary>
    [Range(1, int.MaxValue)]
    public int MinExamplesPerLabel { get; init; } = 10;

    /// <summary>Largest label's examples over the smallest one's, from which a finding is made.</summary>
    [Range(1, int.MaxValue)]
    public int MaxImbalance { get; init; } = 100;
}
