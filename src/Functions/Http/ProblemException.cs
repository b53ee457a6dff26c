namespace Droptune.Functions.Http;

/// <summary>Ends a request with an error answer; <paramref name="detail"/> says what was wrong and what to do.</summary>
public sealed class ProblemException(ProblemKind kind, string detail, Exception? inner = null) : Exception(detail, inner)
{
    public ProblemKind Kind => kind;

    public static ProblemException UnknownModel(string model) =>
        new(ProblemKinds.UnknownModel, $"There is no model '{model}'; GET /api/models lists them.");

    public static ProblemException UnknownVersion(string model, string version) =>
        new(ProblemKinds.UnknownVersion, $"Model '{model}' has no version '{version}'; GET /api/models/{model} lists them.");

    /// <summary>Where in the body the cause is, as far as it is known.</summary>
    public BodyPlace? Place { get; init; }

    /// <summary>What the gate found in an example.</summary>
    public IReadOnlyList<Finding>? Findings { get; init; }

    /// <summary>What a deletion would take along.</summary>
    public IReadOnlyList<string>? Takes { get; init; }
}

/// <summary>A place in a body: 1-based line and column (in bytes), and the JSON path.</summary>
public sealed record BodyPlace(long? Line, long? Column, string? Path);
