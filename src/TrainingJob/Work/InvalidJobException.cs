namespace Droptune.TrainingJob.Work;

/// <summary>The job cannot succeed however often it is tried; the message says what to change.</summary>
public sealed class InvalidJobException(string message) : Exception(message);
