namespace Droptune.Core.Datasets;

/// <summary>
/// One file of a dataset: its path inside the dataset ("train.conll", "dataset.json"), its stored length in bytes, and
/// how to open it. The gate may open a file more than once.
/// </summary>
public sealed record DatasetFile(string Name, long Length, Func<CancellationToken, Task<Stream>> OpenAsync)
{
    /// <summary>The optional manifest beside the data.</summary>
    public const string ManifestName = "dataset.json";

    public static DatasetFile FromPath(string path) => FromPath(path, Path.GetFileName(path));

    /// <summary>All files of a folder and its sub-folders, named by their path below it.</summary>
    public static IReadOnlyList<DatasetFile> FromFolder(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => FromPath(path, Path.GetRelativePath(folder, path).Replace('\\', '/')))];

    private static DatasetFile FromPath(string path, string name) =>
        new(name, new FileInfo(path).Length, _ => Task.FromResult<Stream>(File.OpenRead(path)));
}
