using Droptune.Core.Datasets;
using Droptune.Core.Tests.Datasets.RoundTrip;

namespace Droptune.Core.Tests.Datasets;

public sealed class SplitPlanTests
{
    [Theory]
    [InlineData("train.conll", Split.Train)]
    [InlineData("a/b/Train-00001-of-2.parquet", Split.Train)]
    [InlineData("dev_2.jsonl.gz", Split.Dev)]
    [InlineData("VALID.csv", Split.Dev)]
    [InlineData("validation.json", Split.Dev)]
    [InlineData("test.tsv", Split.Test)]
    [InlineData("feedback-2026-11-24.jsonl", Split.Train)]
    [InlineData("training.jsonl", Split.Train)]
    [InlineData("val.jsonl", Split.Dev)]
    [InlineData("devel.txt", Split.Dev)]
    [InlineData("eng.testa", Split.Dev)]
    [InlineData("eng.testb.txt", Split.Test)]
    [InlineData("ner_test.jsonl", Split.Test)]
    [InlineData("en-test2.jsonl", Split.Test)]
    [InlineData("test/a.jsonl", Split.Test)]
    [InlineData("data/train/en/part-0.jsonl", Split.Train)]
    [InlineData("train/dev.jsonl", Split.Dev)]
    [InlineData("test-00000-of-00001.parquet", Split.Test)]
    [InlineData("train_test.jsonl", null)]
    [InlineData("latest.jsonl", null)]
    [InlineData("nertest.jsonl", null)]
    [InlineData("customer_feedback.jsonl", null)]
    public void NamedSplit_Path_IsThatOfItsNearestWord(string name, Split? split) => Assert.Equal(split, SplitPlan.NamedSplit(name));

    [Fact]
    public async Task CheckAsync_NamesLikeSplits_AreWarned()
    {
        var report = await Some.Report(
            Some.File("nertrain.jsonl", Lines(0, 100)), Some.File("nertest.jsonl", Lines(100, 200)), Some.File("train_test.jsonl", Lines(200, 300)), Some.File("latest.jsonl", Lines(300, 400)));

        Assert.Equal(
            ["nertest.jsonl", "nertrain.jsonl", "train_test.jsonl"],
            report.Findings.Where(finding => finding.Code == FindingCode.UnclearSplit).Select(finding => finding.File));
    }

    [Theory]
    [InlineData(2, 1, 1, 0)]
    [InlineData(10, 8, 1, 1)]
    [InlineData(30, 24, 3, 3)]
    public async Task CheckAsync_FewExamples_HaveADev(int examples, int train, int dev, int test)
    {
        var report = await Some.Report(Some.File("data.jsonl", Lines(0, examples)));

        Assert.Equal(examples, report.Counts.Train + report.Counts.Dev + report.Counts.Test);
        Assert.True(report.Counts.Train >= train - (examples / 5) && report.Counts.Dev >= Math.Min(dev, 1) && report.Counts.Test >= Math.Min(test, 1), $"{report.Counts}");
    }

    [Fact]
    public async Task CheckAsync_UnnamedFile_IsSplitEightyTenTen()
    {
        var report = await Some.Report(Some.File("data.jsonl", Lines(0, 5000)));

        Assert.InRange(report.Counts.Train, 3900, 4100);
        Assert.InRange(report.Counts.Dev, 430, 570);
        Assert.InRange(report.Counts.Test, 430, 570);
    }

    [Fact]
    public async Task CheckAsync_MoreData_MovesNoExample()
    {
        var before = await Some.Report(Some.File("data.jsonl", Lines(0, 1000)));

        var added = await Some.Report(Some.File("data.jsonl", Lines(1000, 2000)));
        var both = await Some.Report(Some.File("a.jsonl", Lines(1000, 2000)), Some.File("b.jsonl", Lines(0, 1000)));

        Assert.Equal(new(before.Counts.Train + added.Counts.Train, before.Counts.Dev + added.Counts.Dev, before.Counts.Test + added.Counts.Test), both.Counts);
    }

    [Fact]
    public async Task CheckAsync_CopiesAndNearCopies_StayTogether()
    {
        var report = await Some.Report(Some.File("data.jsonl", Lines(0, 500) + Lines(0, 500).ToUpperInvariant().Replace("\"TEXT\"", "\"text\"", StringComparison.Ordinal).Replace("\"LABEL\"", "\"label\"", StringComparison.Ordinal)));

        Assert.DoesNotContain(report.Totals, total => total.Code == FindingCode.Leakage);
        Assert.Equal(500, report.Totals.Single(total => total.Code == FindingCode.NearDuplicateText).Count);
    }

    [Fact]
    public async Task CheckAsync_MissingDev_IsTakenOutOfTrain()
    {
        var report = await Some.Report(Some.File("train.jsonl", Lines(0, 1000)), Some.File("test.jsonl", Lines(1000, 1100)));

        Assert.Equal(100, report.Counts.Test);
        Assert.InRange(report.Counts.Dev, 70, 130);
        Assert.Equal(1000, report.Counts.Train + report.Counts.Dev);
    }

    [Fact]
    public async Task CheckAsync_Feedback_IsTrainEvenWhereDevAndTestAreMissing()
    {
        var report = await Some.Report(Some.File("feedback-2026-11-24.jsonl", Lines(0, 200)), Some.File("train.jsonl", Lines(200, 300)));

        var without = await Some.Report(Some.File("train.jsonl", Lines(200, 300)));

        Assert.Equal(without.Counts with { Train = without.Counts.Train + 200 }, report.Counts);
    }

    [Fact]
    public async Task CheckAsync_OtherFileNamesAndOrder_GiveTheSameVersion()
    {
        var one = await Some.Report(Some.File("data.jsonl", Lines(0, 200)));

        var other = await Some.Report(Some.File("x.jsonl.gz", Rendering.Gzip(Rendering.Utf8(Lines(0, 200)))));

        Assert.Equal(one.Version, other.Version);
    }

    private static string Lines(int from, int to) =>
        string.Concat(Enumerable.Range(from, to - from).Select(i => $"{{\"text\":\"text number {i}\",\"label\":\"{i % 2}\"}}\n"));
}
