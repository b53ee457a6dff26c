namespace Droptune.Core.Inference.Onnx;

/// <summary>How a served model uses the machine.</summary>
public sealed record ServingOptions
{
    /// <summary>Threads a run computes with.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Most pieces of a run, padding included: larger ones compute no faster, and make others wait longer.</summary>
    public int BatchPieces { get; init; } = 512;

    /// <summary>Pieces that may wait; a request that comes on top of them is refused.</summary>
    public int MaxWaitingPieces { get; init; } = 65_536;
}
