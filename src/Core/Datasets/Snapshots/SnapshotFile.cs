namespace Droptune.Core.Datasets.Snapshots;

/// <summary>Names of a snapshot's files: gzipped JSON Lines, one for each split and one for texts without labels.</summary>
public static class SnapshotFile
{
    public const string Extension = ".jsonl.gz";

    public const string Unlabelled = "unlabelled" + Extension;

    public static string Of(Split split) => split.Name() + Extension;

    /// <summary>Where the files of a version are in the container <c>snapshots</c>.</summary>
    public static string Folder(string dataset, string version) => $"{dataset}/{version}/";
}
