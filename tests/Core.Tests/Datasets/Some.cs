using Droptune.Core.Datasets;
using Droptune.Core.Datasets.Gate;

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

    public static Task<DatasetReport> Report(string? snapshotFolder, IReadOnlyList<DatasetFile> files) =>
        DatasetGate.CheckAsync("sample", files, snapshotFolder, cancellationToken: TestContext.Current.CancellationToken);
}
