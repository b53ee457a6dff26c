using System.IO.Compression;
using System.Security.Cryptography;
using Droptune.Core.Datasets;
using Droptune.Core.Datasets.Gate;
using Droptune.Core.Datasets.Snapshots;
using Droptune.Core.Models;

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
    public async Task CheckAsync_ManifestWithOptionsOutOfRange_NamesEach()
    {
        var report = await Some.Report(
            Some.File("dataset.json", """{"training":{"epochs":0,"learningRate":5}}"""),
            Some.File("train.jsonl", "{\"text\":\"a\",\"label\":\"x\"}\n{\"text\":\"b\",\"label\":\"y\"}\n"));

        Assert.False(report.Accepted);
        Assert.Equal(
            ["training.epochs is 0; it must be 1 to 10000.", "training.learningRate is 5; it must be 1E-08 to 1."],
            report.Findings.Where(finding => finding.Code == FindingCode.BadManifest).Select(finding => finding.Message));
    }

    [Fact]
    public async Task Version_OfASnapshot_IsTheHashOfItsContent()
    {
        var lines = string.Concat(Enumerable.Range(0, 30_000).Select(i => $"{{\"text\":\"text number {i}\",\"label\":\"{i % 2}\"}}\n"));

        var written = await Some.Report(_folder, [Some.File("data.jsonl", lines)]);
        var checkedOnly = await Some.Report(Some.File("data.jsonl", lines));

        using var content = new MemoryStream();
        foreach (var name in (string[])["train", "dev", "test"])
        {
            await using var split = new GZipStream(File.OpenRead(Path.Combine(_folder, name + ".jsonl.gz")), CompressionMode.Decompress);
            await split.CopyToAsync(content, TestContext.Current.CancellationToken);
        }

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content.ToArray()))[..12], written.Version);
        Assert.Equal(written.Version, checkedOnly.Version);
    }

    [Theory]
    [InlineData("unlabelled.txt", "one text\r\n \nanother \\ text")]
    [InlineData("more/Unlabelled-2.jsonl", "{\"text\":\"one text\",\"label\":\"z\",\"entities\":[[0,99,\"q\"]]}\n{\"text\":\"another \\\\ text\",\"answer\":\"accept\"}")]
    [InlineData("unlabeled.txt.json", "[{\"text\":\"one text\"},{\"text\":\"another \\\\ text\"}]")]
    public async Task CheckAsync_UnlabelledFile_IsInTheSnapshotAndTheVersionButInNoSplit(string name, string content)
    {
        var labelled = Some.File("train.jsonl", "{\"text\":\"a\",\"label\":\"x\"}\n{\"text\":\"b\",\"label\":\"y\"}\n");
        var texts = Some.File(name, content);

        var without = await Some.Report(_folder, [labelled]);
        var hasNoFile = !File.Exists(Path.Combine(_folder, "unlabelled.jsonl.gz"));
        var with = await Some.Report(_folder, [labelled, texts]);

        Assert.True(hasNoFile);
        Assert.True(with.Accepted);
        Assert.Equal((without.Counts, 2), (with.Counts, with.UnlabelledTexts));
        Assert.Equal(without.TextLabels, with.TextLabels);
        Assert.Equal(TaskKind.TextClassification, with.Task);
        Assert.NotEqual(without.Version, with.Version);
        Assert.Equal(with.Version, (await Some.Report(labelled, texts)).Version);
        Assert.Equal(["one text", "another \\ text"], SnapshotReader.Read(Path.Combine(_folder, "unlabelled.jsonl.gz")).Select(example => example.Text!.TrimEnd()));
    }

    [Fact]
    public async Task CheckAsync_UnlabelledTexts_AreCheckedLikeAllTexts()
    {
        var report = await Some.Report(
            Some.File("train.jsonl", "{\"text\":\"a\",\"label\":\"x\"}\n{\"text\":\"b\",\"label\":\"y\"}\n"),
            Some.File("unlabelled.txt", "good\nask jane@shop.example\n"), Some.File("unlabelled.jsonl", "{\"text\":\"\"}\n"));

        Assert.Contains(report.Findings, finding => finding is { Code: FindingCode.PersonalEmail, File: "unlabelled.txt", Line: 2 });
        Assert.Contains(report.Findings, finding => finding is { Code: FindingCode.EmptyField, File: "unlabelled.jsonl", Line: 1 });
    }

    [Fact]
    public async Task Version_OfARejectedDataset_IsNotThatOfWhatIsGoodInIt()
    {
        const string Good = "{\"text\":\"a\",\"label\":\"x\"}\n{\"text\":\"b\",\"label\":\"y\"}\n";

        var accepted = await Some.Report(Some.File("train.jsonl", Good));
        var rejected = await Some.Report(Some.File("train.jsonl", Good + "{\n"));

        Assert.NotEqual(accepted.Version, rejected.Version);
    }

    [Fact]
    public async Task CheckAsync_ManyFindings_KeepsAHundredAndCountsAll()
    {
        var report = await Some.Report(Some.File("train.jsonl", string.Concat(Enumerable.Repeat("{x\n{\"text\":\"a\"}\n", 250))));

        Assert.Equal(100, report.Findings.Count(finding => finding.Code == FindingCode.MalformedRecord));
        Assert.Equal(250, report.Totals.Single(total => total.Code == FindingCode.MalformedRecord).Count);
        Assert.Equal(249, report.Totals.Single(total => total.Code == FindingCode.DuplicateText).Count);
    }

    [Fact]
    public async Task CheckAsync_TextInTestAndTrain_IsReportedInTrain()
    {
        var report = await Some.Report(
            Some.File("test.jsonl", "{\"text\":\"Where is it?\",\"label\":\"x\"}\n"),
            Some.File("train.jsonl", "{\"text\":\"other\",\"label\":\"y\"}\n{\"text\":\"where  is it?\",\"label\":\"x\"}\n"));

        var finding = Assert.Single(report.Findings, finding => finding.Code == FindingCode.Leakage);
        Assert.Equal(("train.jsonl", 2L), (finding.File, finding.Line!.Value));
    }

    [Fact]
    public async Task Manifest_Severities_DecideAboutAcceptance()
    {
        var lines = Some.File("train.jsonl", "{\"text\":\"a\",\"label\":\"x\"}\n{\"text\":\"a\",\"label\":\"x\"}\n{\"text\":\"b\",\"label\":\"y\"}\n{\n");

        var strict = await Some.Report(Some.File("dataset.json", """{"validation":{"severities":{"duplicate-text":"error","malformed-record":"warning"}}}"""), lines);
        var relaxed = await Some.Report(Some.File("dataset.json", """{"validation":{"severities":{"duplicate-text":"ignore","malformed-record":"warning"}}}"""), lines);

        Assert.False(strict.Accepted);
        Assert.True(relaxed.Accepted);
        Assert.Equal(1, relaxed.LeftOut);
        Assert.DoesNotContain(relaxed.Totals, total => total.Code == FindingCode.DuplicateText);
    }

    [Theory]
    [InlineData("""{"validation":{"severities":{"no-such-code":"error"}}}""")]
    [InlineData("""{"validation":{"severities":{"no-examples":"warning"}}}""")]
    [InlineData("""{"validation":{"severities":{"leakage":"fatal"}}}""")]
    [InlineData("""{"validation":null}""")]
    [InlineData("""{"task":"ner"}""")]
    [InlineData("""{"tagScheme":"IOB3"}""")]
    [InlineData("""{"model":"No Such Name"}""")]
    [InlineData("""{"trian":false}""")]
    [InlineData("""{"size":"huge"}""")]
    [InlineData("""{"size":"tiny","baseModel":"bert-base-cased"}""")]
    [InlineData("""{"training":{"epochs":0}}""")]
    [InlineData("""{"validation":{"maxRecordBytes":0}}""")]
    [InlineData("[]")]
    [InlineData("{")]
    public async Task Manifest_ThatMakesNoSense_IsRejected(string manifest)
    {
        var report = await Some.Report(Some.File("dataset.json", manifest), Some.File("train.jsonl", "{\"text\":\"a\",\"label\":\"x\"}\n"));

        Assert.Equal("dataset.json", Assert.Single(report.Findings, finding => finding.Code == FindingCode.BadManifest).File);
    }

    [Fact]
    public async Task Manifest_SeveralBadSettings_EachIsAFinding()
    {
        var manifest = """{"size":"huge","baseModel":"some-model","training":{"epochs":0,"schedule":"steps"}}""";

        var report = await Some.Report(Some.File("dataset.json", manifest), Some.File("train.jsonl", "{\"text\":\"a\",\"label\":\"x\"}\n"));

        Assert.Equal(
            ["size", "size", "training.schedule", "training.epochs"],
            report.Findings.Where(finding => finding.Code == FindingCode.BadManifest).Select(finding => finding.Message.Split(' ')[0]));
    }

    [Theory]
    [InlineData("{}", "account-default", null)]
    [InlineData("""{"baseModel":"scratch"}""", "scratch", null)]
    [InlineData("""{"size":"tiny"}""", "scratch", "tiny")]
    [InlineData("""{"baseModel":"mine"}""", "mine", null)]
    public void Start_Manifest_SaysWhatTrainingStartsFrom(string manifest, string name, string? size)
    {
        var start = JsonSerializer.Deserialize<DatasetManifest>(manifest, DroptuneJson.Compact)!.Start("account-default");

        Assert.Equal(new BaseModel { Name = name, Size = size }, start);
    }

    [Fact]
    public async Task CheckAsync_Cancelled_Stops() => await Assert.ThrowsAnyAsync<OperationCanceledException>(() => DatasetGate.CheckAsync(
        "sample", [Some.File("train.jsonl", "{\"text\":\"a\",\"label\":\"x\"}\n")], cancellationToken: new CancellationToken(canceled: true)));

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
