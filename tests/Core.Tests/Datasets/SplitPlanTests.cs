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
    [InlineData("training.jsonl", null)]
    [InlineData("my-test.jsonl", null)]
    [InlineData("test2.jsonl", null)]
    public void NamedSplit_FileName_IsItsFirstPart(string name, Split? split) => Assert.Equal(split, SplitPlan.NamedSplit(name));

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
