namespace Droptune.Core.Datasets.Sources;

/// <summary>Ends the reading of one file; the gate turns it into the finding it carries.</summary>
internal sealed class UnreadableFileException(FindingCode code, string message, long line = 0) : Exception(message)
{
    public FindingCode Code => code;

    public long Line => line;
}
