namespace Droptune.Core.Jobs;

/// <summary>The message in <c>evaluation-requests</c>: evaluate what a model serves, and its candidate if it has one.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Traceparent">W3C trace context of the sender.</param>
public sealed record EvaluationRequest(string Model, string? Traceparent = null);
