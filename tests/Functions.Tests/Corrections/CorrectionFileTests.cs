using Droptune.Core.Datasets;
using Droptune.Core.Datasets.Gate;
using Droptune.Core.Datasets.Snapshots;
using Droptune.Functions.Corrections.Folding;

namespace Droptune.Functions.Tests.Corrections;

public sealed class CorrectionFileTests
{
    private static readonly Example Correction = new() { Text = "😀a a", Entities = [new(4, 5, "x")], Label = "y" };

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"spanUnit":"utf16CodeUnit","spanEnd":"inclusive","textColumn":"t","labelColumn":"l"}""")]
    [InlineData("""{"spanUnit":"unicodeCodePoint"}""")]
    public async Task Write_ByAnyManifest_IsReadByTheGateAsItWas(string manifest)
    {
        var stated = JsonSerializer.Deserialize<DatasetManifest>(manifest, DroptuneJson.Compact)!;

        var content = CorrectionFile.Write([Correction], stated);
        var read = await ByTheGateAsync(manifest, content);

        Assert.Equal((Correction.Text, Correction.Label, Correction.Entities![0]), (read.Text, read.Label, Assert.Single(read.Entities!)));
        Assert.Equal(Correction.Entities, Assert.Single(CorrectionFile.Read(content, stated)).Entities);
    }

    [Theory]
    [InlineData("""{"task":"multi-label-classification","labelColumn":"l"}""", false, "y z")]
    [InlineData("""{"multiLabel":true}""", false, "")]
    [InlineData("""{"multiLabel":true}""", true, "")]
    [InlineData("""{"task":"joint","multiLabel":true}""", true, "y z")]
    public async Task Write_SeveralLabels_AreReadByTheGateAsTheyWere(string manifest, bool hasEntities, string labels)
    {
        var stated = JsonSerializer.Deserialize<DatasetManifest>(manifest, DroptuneJson.Compact)!;
        var correction = Correction with { Label = null, Labels = labels.Split(' ', StringSplitOptions.RemoveEmptyEntries), Entities = hasEntities ? Correction.Entities : null };

        var content = CorrectionFile.Write([correction], stated);
        var read = await ByTheGateAsync(manifest, content);

        Assert.Equal((correction.Text, hasEntities), (read.Text, read.Entities is not null));
        Assert.Equal(correction.Labels, read.Labels);
        Assert.Equal(correction.Labels, Assert.Single(CorrectionFile.Read(content, stated)).Labels);
    }

    /// <summary>The one example that the gate reads, and leaves nothing out.</summary>
    private static async Task<Example> ByTheGateAsync(string manifest, string content)
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        var report = await DatasetGate.CheckAsync(
            "d", [File("dataset.json", manifest), File("feedback-2026-11-24.jsonl", content)], folder, cancellationToken: TestContext.Current.CancellationToken);

        var read = Assert.Single(SnapshotReader.Read(Path.Combine(folder, "train.jsonl.gz")));
        Directory.Delete(folder, recursive: true);
        Assert.Equal(0, report.LeftOut);
        return read;
    }

    private static DatasetFile File(string name, string content) =>
        new(name, content.Length, _ => Task.FromResult<Stream>(new MemoryStream(Encoding.UTF8.GetBytes(content))));
}
