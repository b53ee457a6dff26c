using Droptune.Core.Datasets;
using Droptune.Core.Datasets.Snapshots;

namespace Droptune.Core.Tests.Datasets.Checking;

/// <summary>Every tag scheme is recognised, and becomes IOB2.</summary>
public sealed class TagSchemesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("schemes-").FullName;

    [Theory]
    [InlineData(TagScheme.IOB2, "B-x I-x B-x O B-y", "B-x I-x B-x O B-y")]
    [InlineData(TagScheme.IOB1, "I-x I-x B-x O I-y", "B-x I-x B-x O B-y")]
    [InlineData(TagScheme.IOB1, "I-x I-y O I-y O", "B-x B-y O B-y O")]
    [InlineData(TagScheme.IOBES, "B-x E-x S-x O S-y", "B-x I-x B-x O B-y")]
    [InlineData(TagScheme.IOBES, "B-x I-x E-x S-x O", "B-x I-x I-x B-x O")]
    [InlineData(TagScheme.IOBES, "B-x I-x L-x U-x O", "B-x I-x I-x B-x O")] // BILUO
    [InlineData(TagScheme.IOBES, "B-x M-x E-x S-x O", "B-x I-x I-x B-x O")] // BMES
    [InlineData(TagScheme.IO, "x x O y y", "B-x I-x O B-y I-y")]
    [InlineData(TagScheme.IOB2, "B_x I_x B_x O B_y", "B-x I-x B-x O B-y")]
    [InlineData(TagScheme.IOB1, "x-I x-I x-B O y-I", "B-x I-x B-x O B-y")]
    [InlineData(TagScheme.IOBES, "x_B x_E x_S O y_S", "B-x I-x B-x O B-y")]
    public async Task CheckAsync_AnyScheme_IsRecognisedAndConverted(TagScheme scheme, string tags, string expected)
    {
        var report = await Some.Report(_folder, [Some.File("train.conll", Lines(tags))]);

        Assert.Equal(scheme, report.TagScheme);
        Assert.Equal(expected, string.Join(' ', AllTags()));
    }

    [Theory]
    [InlineData("NOUN VERB NOUN NOUN DET", "No tag is O, or begins with B- or I-, such as 'DET', 'NOUN', 'VERB'.")]
    [InlineData("0 3 4 0 0", "The tags are numbers, and their names are nowhere, such as '0', '3', '4'.")]
    [InlineData("B I O B O", "The tags have no label, such as 'B', 'I'.")]
    [InlineData("B- I- O B- O", "The tags have no label, such as 'B-', 'I-'.")]
    public async Task CheckAsync_TagsOfNoScheme_AreAnErrorUnlessStated(string tags, string message)
    {
        var report = await Some.Report(Some.File("train.conll", Lines(tags)));
        var stated = await Some.Report(Some.Manifest(new() { TagScheme = TagScheme.None }), Some.File("train.conll", Lines(tags)));

        Assert.Equal(message, Assert.Single(report.Findings, finding => finding.Code == FindingCode.UnclearTags).Message);
        Assert.Equal(TagScheme.None, stated.TagScheme);
        Assert.Equal(1, stated.Counts.Train + stated.Counts.Dev + stated.Counts.Test);
    }

    [Theory]
    [InlineData("Ann\tB-PER\tNNP\ncame\tO\tVBD\n", "column 2")]
    [InlineData("O\tAnn\nB-LOC\tLeeds\n", "column 1")]
    public async Task CheckAsync_TagsInAnotherColumn_NamesItAndReadsItWhereStated(string lines, string column)
    {
        var report = await Some.Report(Some.File("train.conll", lines));
        var stated = await Some.Report(Some.Manifest(new() { TagColumn = column[^1..] }), Some.File("train.conll", lines));

        Assert.Contains(column, Assert.Single(report.Findings, finding => finding.Code == FindingCode.UnclearTags).Message, StringComparison.Ordinal);
        Assert.Equal(TagScheme.IOB2, stated.TagScheme);
    }

    [Theory]
    [InlineData("1\tAnn\tB-PER\n2\tcame\tO\n\n1\tLeeds\tB-LOC\n")]
    [InlineData("# global.columns = ID FORM NE\n1\tAnn\tB-PER\n2-3\tcame\tO\n\n1\tLeeds\tB-LOC\n")]
    public async Task CheckAsync_FirstColumnCounts_IsNoToken(string lines)
    {
        await Some.Report(_folder, [Some.File("train.conll", lines)]);

        Assert.Equal(["Ann", "Leeds", "came"], Examples().SelectMany(example => example.Tokens!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task CheckAsync_OneWrongOpeningAmongMany_IsAFindingNotAScheme()
    {
        const string Good = "to\tO\nOslo\tB-city\n\n";

        var report = await Some.Report(Some.File("train.conll", Good + Good + "to\tO\nBern\tI-city\n\n" + Good));

        Assert.Equal(TagScheme.IOB2, report.TagScheme);
        Assert.Equal(8, Assert.Single(report.Findings, finding => finding.Code == FindingCode.IllegalTransition).Line);
    }

    [Theory]
    [InlineData("B-x I-y", 2)]
    [InlineData("O I-x", 2)]
    [InlineData("I-x O", 1)]
    public async Task CheckAsync_StatedIob2_RefusesWhatItForbids(string tags, int line)
    {
        var report = await Some.Report(Some.Manifest(new() { TagScheme = TagScheme.IOB2 }), Some.File("train.conll", Lines(tags)));

        Assert.Equal(line, Assert.Single(report.Findings, finding => finding.Code == FindingCode.IllegalTransition).Line);
    }

    [Theory]
    [InlineData("B-x O")] // no end
    [InlineData("B-x S-x")]
    [InlineData("I-x E-x")] // no beginning
    [InlineData("B-x E-y")]
    public async Task CheckAsync_StatedIobes_RefusesWhatItForbids(string tags)
    {
        var report = await Some.Report(Some.Manifest(new() { TagScheme = TagScheme.IOBES }), Some.File("train.conll", Lines(tags)));

        Assert.Contains(report.Findings, finding => finding.Code == FindingCode.IllegalTransition);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Lines(string tags) => string.Concat(tags.Split(' ').Select((tag, i) => $"w{i}\t{tag}\n"));

    private IEnumerable<Example> Examples() =>
        Enum.GetValues<Split>().SelectMany(split => SnapshotReader.Read(Path.Combine(_folder, $"{split.ToString().ToLowerInvariant()}.jsonl.gz")));

    private IEnumerable<string> AllTags() => Examples().SelectMany(example => example.Tags!);
}
