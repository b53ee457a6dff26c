using Droptune.Core.Datasets;
using Droptune.Core.Datasets.Snapshots;

namespace Droptune.Core.Tests.Datasets;

/// <summary>The gate as its callers see it: files in, report and snapshot out.</summary>
public sealed class DatasetGateTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gate-").FullName;

    [Fact]
    public async Task CheckAsync_ConllWithIntents_IsAcceptedAsJoint()
    {
        const string Train = "# intent = Play\nplay\tO\nabba\tB-artist\n\n# intent = Stop\nstop\tO\n";

        var report = await Some.Report(
            _folder, [Some.File("train.conll", Train), Some.File("dev.conll", Train), Some.File("test.conll", Train)]);

        Assert.True(report.Accepted);
        Assert.Equal(TaskKind.Joint, report.Task);
        Assert.Equal(new SplitCounts(2, 2, 2), report.Counts);
        Assert.Equal(["Play", "Stop"], report.TextLabels);
        Assert.Equal(["artist"], report.EntityLabels);
        var first = SnapshotReader.Read(Path.Combine(_folder, "train.jsonl.gz")).First();
        Assert.Equal(["play", "abba"], first.Tokens);
        Assert.Equal(["O", "B-artist"], first.Tags);
        Assert.Equal("Play", first.Label);
    }

    [Fact]
    public async Task CheckAsync_TextWithLineBreakAndEdgeSpace_KeepsItUnchanged()
    {
        const string Lines = """
            {"text":" a\nb ","label":"x"}
            {"text":"c \"d\" \u00e9","label":"y"}
            """;

        await Some.Report(_folder, [Some.File("train.jsonl", Lines), Some.File("dev.jsonl", Lines), Some.File("test.jsonl", Lines)]);

        var texts = SnapshotReader.Read(Path.Combine(_folder, "train.jsonl.gz")).Select(example => example.Text);
        Assert.Equal([" a\nb ", "c \"d\" é"], texts);
    }

    [Fact]
    public async Task CheckAsync_BrokenLine_IsRejectedWithItsPlace()
    {
        var report = await Some.Report(Some.File("train.jsonl", "{\"text\":\"a\",\"label\":\"x\"}\n{\"text\":\"b\",}\n"));

        Assert.False(report.Accepted);
        var finding = Assert.Single(report.Findings, finding => finding.Code == FindingCode.MalformedRecord);
        Assert.Equal(("train.jsonl", 2L), (finding.File, finding.Line!.Value));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
