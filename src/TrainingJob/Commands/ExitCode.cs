namespace Droptune.TrainingJob.Commands;

/// <summary>What the command line ends with.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongUse = 2;
    public const int DataRejected = 3;
}

/// <summary>The command line asks for something that does not exist or does not fit together.</summary>
internal sealed class WrongUseException(string message) : Exception(message);
