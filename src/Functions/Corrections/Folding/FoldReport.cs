namespace Droptune.Functions.Corrections.Folding;

/// <summary>What a fold did or would do with the corrections of a dataset's models.</summary>
public sealed record FoldReport
{
    public required string Dataset { get; init; }

    /// <summary>Corrections that wait and can be folded.</summary>
    public required int Ready { get; init; }

    /// <summary>How many of them the timer waits for.</summary>
    public required int Minimum { get; init; }

    /// <summary>Corrections that are in the dataset, by an earlier fold or from the beginning.</summary>
    public required int Folded { get; init; }

    /// <summary>The blob that this fold wrote into the drop box; null when it wrote none.</summary>
    public string? File { get; init; }

    /// <summary>Corrections that wait and cannot be folded.</summary>
    public IReadOnlyList<FoldProblem> Problems { get; init; } = [];
}

/// <summary>Why corrections of a text are not folded, and what to do.</summary>
/// <param name="Text">The text as it was sent.</param>
/// <param name="Code">"contradicting-labels", or the finding of the gate.</param>
/// <param name="Message">What is wrong, and what to do.</param>
/// <param name="Blobs">The corrections.</param>
public sealed record FoldProblem(string Text, FindingCode Code, string Message, IReadOnlyList<string> Blobs);
