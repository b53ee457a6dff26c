namespace Droptune.TrainingJob.Commands;

/// <summary>The command line asks for something that does not exist or does not fit together.</summary>
internal sealed class WrongUseException(string message) : Exception(message);
