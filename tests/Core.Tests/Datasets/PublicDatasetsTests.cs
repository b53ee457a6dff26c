using Droptune.Core.Datasets;

namespace Droptune.Core.Tests.Datasets;

/// <summary>
/// Three public datasets, as they are published, pass the gate; the figures compared are those of their own descriptions.
/// They stand beside the repository in shared/data and are not part of it.
/// </summary>
public sealed class PublicDatasetsTests
{
    [Theory]
    [InlineData("conll")]
    [InlineData("jsonl")]
    public async Task CheckAsync_Snips_IsAccepted(string form)
    {
        var report = await CheckAsync(new(), "snips", form);

        Assert.True(report.Accepted);
        Assert.Equal(TaskKind.Joint, report.Task);
        Assert.Equal(new SplitCounts(13_084, 700, 700), report.Counts);
        Assert.Equal(39, report.EntityLabels.Count);
        Assert.Equal(7, report.TextLabels.Count);
        Assert.Equal("111b10a61151", report.Version); // both forms are the same dataset
    }

    [Theory]
    [InlineData("jsonl", "label")]
    [InlineData("original", "category")]
    public async Task CheckAsync_Banking77_IsAccepted(string form, string labelColumn)
    {
        var report = await CheckAsync(new() { LabelColumn = labelColumn }, "banking77", form);

        Assert.True(report.Accepted);
        Assert.Equal(TaskKind.TextClassification, report.Task);
        Assert.Equal(10_003, report.Counts.Train + report.Counts.Dev);
        Assert.Equal(3_080, report.Counts.Test);
        Assert.Equal(77, report.TextLabels.Count);
        Assert.DoesNotContain(report.Totals, total => total.Code == FindingCode.DuplicateText);
        Assert.Equal("c8f159c11dab", report.Version);
    }

    [Theory]
    [InlineData("conll")]
    [InlineData("jsonl")]
    [InlineData("conll-char")]
    public async Task CheckAsync_UnerChinese_IsAccepted(string form)
    {
        var report = await CheckAsync(new(), "uner-zh-gsdsimp", form);

        Assert.True(report.Accepted);
        Assert.Equal(TaskKind.TokenClassification, report.Task);
        Assert.Equal(new SplitCounts(3_997, 500, 500), report.Counts);
        Assert.Equal([new("LOC", 2858, 375, 429), new("PER", 2148, 245, 205), new("ORG", 1112, 133, 129)], report.Quality.EntityLabels);
        Assert.DoesNotContain(report.Totals, total => total.Code is FindingCode.DuplicateText or FindingCode.Leakage or FindingCode.IllegalTransition);
    }

    private static Task<DatasetReport> CheckAsync(DatasetManifest manifest, string dataset, string form)
    {
        var folder = TestData.PathOf("..", "..", "..", "shared", "data", dataset, form);
        Assert.SkipUnless(Directory.Exists(folder), $"The public dataset {dataset} is not at {Path.GetFullPath(folder)}.");
        var files = DatasetFile.FromFolder(folder).Where(file => !file.Name.EndsWith("categories.json", StringComparison.Ordinal));
        return Some.Report([Some.Manifest(manifest), .. files]);
    }
}
