namespace Droptune.TrainingJob.Work;

/// <summary>The job cannot succeed however often it is tried; the message says what to change.</summary>
public sealed class InvalidJobException(string message, string? runId = null) : Exception(message)
{
    /// <summary>The run that the job names, where it could be read.</summary>
    public string? RunId { get; } = runId;
}
