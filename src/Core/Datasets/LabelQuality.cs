
namespace Droptune.Core.Datasets;

/// <summary>How good the labels are to learn from: counts, lengths, labels that are easily confused, and what to do.</summary>
public sealed record LabelQuality
{
    /// <summary>Examples by text label, most in train first.</summary>
    public IReadOnlyList<LabelCount> TextLabels { get; init; } = [];

    /// <summary>Entities by label, most in train first.</summary>
    public IReadOnlyList<LabelCount> EntityLabels { get; init; } = [];

    /// <summary>How many labels texts have, and which together; null where a text has one.</summary>
    public LabelCardinality? Cardinality { get; init; }

    /// <summary>Labels that share texts or wording, the most confusable first.</summary>
    public IReadOnlyList<ConfusableLabels> Confusable { get; init; } = [];

    public required LengthSummary Lengths { get; init; }

    /// <summary>Whether upper and lower case carry labels: a model from scratch keeps them then.</summary>
    public bool CaseCarriesLabels { get; init; }

    /// <summary>What would improve the dataset most, in sentences.</summary>
    public IReadOnlyList<string> Suggestions { get; init; } = [];
}

/// <summary>How often a label occurs in each split.</summary>
public sealed record LabelCount(string Label, long Train, long Dev, long Test);

/// <summary>
/// Label cardinality: <paramref name="Mean"/> labels a text (Tsoumakas and Katakis 2007), at most <paramref name="Most"/>, and none in
/// <paramref name="Unlabelled"/> texts; <paramref name="Pairs"/> are those that train has most often together.
/// </summary>
public sealed record LabelCardinality(double Mean, int Most, long Unlabelled, IReadOnlyList<LabelPair> Pairs);

/// <summary>Two labels, and how many texts of train have both.</summary>
public sealed record LabelPair(string First, string Second, long Train);

/// <summary>
/// Two labels that look alike in train. Of entities: <paramref name="Shared"/> words have both labels, the most frequent
/// is <paramref name="Example"/>. Of texts: <paramref name="Similarity"/> is the cosine of their words' tf-idf weights.
/// </summary>
public sealed record ConfusableLabels(string First, string Second, long? Shared, double? Similarity, string? Example);

/// <summary>Lengths of texts, and what they mean for the model.</summary>
public sealed record LengthSummary
{
    /// <summary>Texts by length in characters; every bin ends where the next begins.</summary>
    public required IReadOnlyList<LengthBin> Characters { get; init; }

    public required double MeanCharacters { get; init; }

    public required long MaxCharacters { get; init; }

    /// <summary>"pieces" where the base model's vocabulary was at hand; else "units", of which each gives a piece or more.</summary>
    public required string Unit { get; init; }

    /// <summary>Longest input of the model, in pieces, [CLS] and [SEP] included.</summary>
    public required int MaxLength { get; init; }

    /// <summary>Examples that need more than one window.</summary>
    public required long Windowed { get; init; }

    /// <summary>Share of pieces that are unknown to the base model, in the examples sampled; null without a vocabulary.</summary>
    public double? UnknownPieces { get; init; }
}

/// <summary>Texts of at most <paramref name="UpTo"/> characters that are in no smaller bin; null = all longer ones.</summary>
public sealed record LengthBin(int? UpTo, long Count);
