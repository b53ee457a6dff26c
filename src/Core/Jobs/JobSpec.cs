using System.Text.RegularExpressions;
using Droptune.Core.Models;

namespace Droptune.Core.Jobs;

/// <summary>
/// What a run is to do, M_optimised = f(M, D, T, O): base <b>m</b>odel, <b>d</b>ataset, <b>t</b>ask, <b>o</b>ptimisation.
/// The message in <c>training-jobs</c>.
/// </summary>
public sealed record JobSpec
{
    /// <summary>Derived from the rest by <see cref="RunIds"/>: the same request twice is one run.</summary>
    public string? RunId { get; init; }

    /// <summary>Name of the model to train.</summary>
    public required string Model { get; init; }

    public BaseModel Base { get; init; } = new();

    public required DatasetReference Dataset { get; init; }

    public TaskKind Task { get; init; }

    public Optimisation Optimisation { get; init; } = new();

    /// <summary>W3C trace context of the request; no part of what the run is.</summary>
    public string? Traceparent { get; init; }
}

/// <summary>An immutable snapshot of a dataset.</summary>
public sealed partial record DatasetReference(string Name, string Version)
{
    /// <summary>Whether a text has the form of a snapshot's version: 12 hex digits.</summary>
    public static bool IsVersion(string text) => VersionForm().IsMatch(text);

    [GeneratedRegex(@"^[0-9a-f]{12}\z")]
    private static partial Regex VersionForm();
}
