using System.ComponentModel.DataAnnotations;

namespace Droptune.Core.Inference.Onnx;

/// <summary>How a served model uses the machine.</summary>
public sealed record ServingOptions : IValidatableObject
{
    /// <summary>Threads a run computes with.</summary>
    [Range(1, 1024)]
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Most pieces of a run, padding included: larger ones compute no faster, and make others wait longer.</summary>
    [Range(1, 1 << 20)]
    public int BatchPieces { get; init; } = 512;

    /// <summary>Pieces that may wait, no more than half of them counted of one request; a request that comes on top is refused.</summary>
    [Range(1, 1 << 30)]
    public int MaxWaitingPieces { get; init; } = 65_536;

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (MaxWaitingPieces < BatchPieces)
        {
            yield return new($"at least {nameof(BatchPieces)} ({BatchPieces}): else no run is ever full", [nameof(MaxWaitingPieces), nameof(BatchPieces)]);
        }
    }
}
