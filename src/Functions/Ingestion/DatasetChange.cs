namespace Droptune.Functions.Ingestion;

/// <summary>
/// The message in <c>dataset-changes</c>: a dataset changed and should be quiet by the time this is seen.
/// </summary>
/// <param name="Dataset">The dataset's name.</param>
/// <param name="ChangeId">The change as the dataset's record has it, while no later one was noticed.</param>
/// <param name="Traceparent">W3C trace context of the sender.</param>
public sealed record DatasetChange(string Dataset, string ChangeId, string? Traceparent = null);
