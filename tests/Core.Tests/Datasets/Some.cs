using Droptune.Core.Datasets;
using Droptune.Core.Datasets.Gate;
using Droptune.Core.Datasets.Snapshots;

namespace Droptune.Core.Tests.Datasets;

/// <summary>Datasets in memory.</summary>
internal static class Some
{
    public static DatasetFile File(string name, string content) => File(name, Encoding.UTF8.GetBytes(content));

    public static DatasetFile File(string name, byte[] content) =>
        new(name, content.Length, _ => Task.FromResult<Stream>(new MemoryStream(content)));

    public static DatasetFile Manifest(DatasetManifest manifest) =>
        File(DatasetFile.ManifestName, JsonSerializer.SerializeToUtf8Bytes(manifest, DroptuneJson.Compact));

    public static Task<DatasetReport> Report(params IReadOnlyList<DatasetFile> files) => Report(null, files);

    /// <summary>The examples of files that are without an error, with their splits, by text. There may be too few to train.</summary>
    public static async Task<List<(Split Split, Example Example)>> Examples(params IReadOnlyList<DatasetFile> files)
    {
        var folder = Directory.CreateTempSubdirectory("droptune examples ").FullName;
        try
        {
            var report = await Report(folder, files);
            Assert.Empty(report.Findings.Where(finding => finding is { Severity: Severity.Error, File: not null }).Select(finding => finding.Message));
            return [.. from split in Enum.GetValues<Split>()
                       from example in SnapshotReader.Read(Path.Combine(folder, $"{split.ToString().ToLowerInvariant()}.jsonl.gz"))
                       orderby example.Text ?? string.Join(' ', example.Tokens!)
                       select (split, example)];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The entities of a text as "label: surface".</summary>
    public static IEnumerable<string> Entities(Example example) =>
        example.Entities!.Select(entity => $"{entity.Label}: {example.Text![entity.Start..entity.End]}");

    public static Task<DatasetReport> Report(string? snapshotFolder, IReadOnlyList<DatasetFile> files) =>
        DatasetGate.CheckAsync("sample", files, snapshotFolder, cancellationToken: TestContext.Current.CancellationToken);
}
