namespace Droptune.Core.Inference.Batching;

/// <summary>The model has more waiting than it takes on: try again after <see cref="RetryAfter"/>.</summary>
public sealed class ModelBusyException(TimeSpan retryAfter)
    : Exception($"The model is busy; try again in {retryAfter.TotalSeconds:0} s")
{
    public TimeSpan RetryAfter => retryAfter;
}
