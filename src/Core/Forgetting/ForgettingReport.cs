namespace Droptune.Core.Forgetting;

/// <summary>What became of a text that was to be forgotten.</summary>
/// <param name="Removed">Where it is no more: corrections and texts to label that were deleted, reports that were written anew without it.</param>
/// <param name="Held">What still has it, and only a person may delete.</param>
public sealed record ForgettingReport(IReadOnlyList<string> Removed, IReadOnlyList<HeldText> Held);

/// <summary>Something that still has a text.</summary>
/// <param name="By">What it is.</param>
/// <param name="Name">Its place in storage, or "model/version".</param>
/// <param name="Command">The command that deletes it, with all else that is in it.</param>
public sealed record HeldText(Holder By, string Name, string Command);

/// <summary>What can hold a text.</summary>
public enum Holder
{
    /// <summary>A file of the drop box, where nothing is changed: delete it, or write it without the text.</summary>
    DroppedFile,

    /// <summary>The snapshot of a dataset's version.</summary>
    Snapshot,

    /// <summary>A version of a model that was trained on such a snapshot.</summary>
    ModelVersion,
}
