using System.Text.Json.Serialization;

namespace Droptune.Core.Datasets;

/// <summary>The limits of the gate, and which findings are errors: the manifest's <c>validation</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ValidationSettings
{
    /// <summary>Severities that differ from the default, by code.</summary>
    public IReadOnlyDictionary<string, Severity> Severities { get; init; } = new Dictionary<string, Severity>();

    /// <summary>Findings of one code that are kept with their place; all are counted.</summary>
    public int FindingsPerCode { get; init; } = 100;

    /// <summary>Bytes of one file, uncompressed.</summary>
    public long MaxFileBytes { get; init; } = 16L << 30;

    /// <summary>Bytes of one record (a line, an element, a sentence with its tags).</summary>
    public int MaxRecordBytes { get; init; } = 1 << 20;

    /// <summary>Examples of the whole dataset.</summary>
    public long MaxExamples { get; init; } = 50_000_000;

    /// <summary>Uncompressed bytes a compressed byte. Text reaches 20, repeated records 200; deflate ends at 1032.</summary>
    public int MaxCompressionRatio { get; init; } = 500;

    /// <summary>Distinct labels of one kind (text labels, entity labels).</summary>
    public int MaxLabels { get; init; } = 2000;

    /// <summary>Examples in train that a label should have to be learnt.</summary>
    public int MinExamplesPerLabel { get; init; } = 10;

    /// <summary>Largest label's examples over the smallest one's, from which a finding is made.</summary>
    public int MaxImbalance { get; init; } = 100;
}
