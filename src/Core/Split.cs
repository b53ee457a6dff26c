namespace Droptune.Core;

/// <summary>The part of a dataset that an example belongs to.</summary>
public enum Split
{
    Train,
    Dev,
    Test,
}

/// <summary>How splits are called in files, reports and measures.</summary>
public static class SplitNames
{
    /// <summary>"train", "dev" or "test".</summary>
    public static string Name(this Split split) => split.ToString().ToLowerInvariant();
}
