using Droptune.Core.Datasets;

namespace Droptune.Core.Tests.Datasets.Reading;

/// <summary>Lists of words are read by a short way where they are plain: nothing may depend on which way it was.</summary>
public sealed class JsonListsTests
{
    [Theory]
    [InlineData("""["To","Oslo"]""")]
    [InlineData("""[ "To" ,  "Oslo" ]""")]
    [InlineData("[\t\"To\",\t\"Oslo\"]")]
    [InlineData("""["T\u006f","Oslo"]""")]
    public async Task Check_ListWrittenInAnyWay_IsTheSameDataset(string tokens)
    {
        var plain = await Some.Report(Some.File("data.jsonl", Lines("""["To","Oslo"]""", """["O","B-city"]""")));

        var report = await Some.Report(Some.File("data.jsonl", Lines(tokens, """[ "O", "B-\u0063ity" ]""")));

        Assert.Equal(1, report.Counts.Train + report.Counts.Dev + report.Counts.Test);
        Assert.Equal(plain.EntityLabels, report.EntityLabels);
        Assert.Equal(plain.Counts, report.Counts);
        Assert.Equal(plain.Version, report.Version);
    }

    [Theory]
    [InlineData("""["To","Oslo",]""")]
    [InlineData("""["To" "Oslo"]""")]
    [InlineData("""["To",,"Oslo"]""")]
    [InlineData("""["To",1]""")]
    [InlineData("""["To","Oslo"}""")]
    [InlineData("""["To","Oslo""")]
    public async Task Check_BrokenList_IsMalformed(string tokens)
    {
        var report = await Some.Report(Some.File("data.jsonl", Lines(tokens, """["O","B-city"]""")));

        Assert.Contains(report.Findings, finding => finding is { Code: FindingCode.MalformedRecord, Line: 1 });
    }

    [Theory]
    [InlineData("""["O","I-city"]""")]
    [InlineData("""["O","\u0049-city"]""")]
    public async Task Check_WrongTag_IsShownWhereItStands(string tags)
    {
        var line = Lines("""["To","Oslo"]""", tags);

        var report = await Some.Report(Some.Manifest(new DatasetManifest { TagScheme = TagScheme.IOB2 }), Some.File("data.jsonl", line));

        var finding = Assert.Single(report.Findings, finding => finding.Code == FindingCode.IllegalTransition);
        Assert.Equal(line.LastIndexOf(",\"", line.IndexOf("city", StringComparison.Ordinal), StringComparison.Ordinal) + 2, finding.Column);
    }

    [Fact]
    public async Task Check_WrongFieldBehindLists_IsShownWhereItStands()
    {
        const string line = """{"tokens":["To","Oslo"],"tags":["O","B-city"],"label":{}}""";

        var report = await Some.Report(Some.File("data.jsonl", line));

        var finding = Assert.Single(report.Findings, finding => finding.Code == FindingCode.MalformedRecord);
        Assert.Equal(line.IndexOf("{}", StringComparison.Ordinal) + 1, finding.Column);
    }

    private static string Lines(string tokens, string tags) => $$"""{"tokens":{{tokens}},"tags":{{tags}}}""" + "\n";
}
