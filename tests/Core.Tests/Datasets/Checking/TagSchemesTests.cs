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
    [InlineData(TagScheme.None, "NOUN VERB NOUN NOUN DET", "B-NOUN B-VERB B-NOUN B-NOUN B-DET")]
    public async Task CheckAsync_AnyScheme_IsRecognisedAndConverted(TagScheme scheme, string tags, string expected)
    {
        var lines = string.Concat(tags.Split(' ').Select((tag, i) => $"w{i}\t{tag}\n"));

        var report = await Some.Report(_folder, [Some.File("train.conll", lines)]);

        Assert.Equal(scheme, report.TagScheme);
        Assert.Equal(expected, string.Join(' ', AllTags()));
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
        var lines = string.Concat(tags.Split(' ').Select((tag, i) => $"w{i}\t{tag}\n"));

        var report = await Some.Report(Some.Manifest(new() { TagScheme = TagScheme.IOB2 }), Some.File("train.conll", lines));

        Assert.Equal(line, Assert.Single(report.Findings, finding => finding.Code == FindingCode.IllegalTransition).Line);
    }

    [Theory]
    [InlineData("B-x O")] // no end
    [InlineData("B-x S-x")]
    [InlineData("I-x E-x")] // no beginning
    [InlineData("B-x E-y")]
    public async Task CheckAsync_StatedIobes_RefusesWhatItForbids(string tags)
    {
        var lines = string.Concat(tags.Split(' ').Select((tag, i) => $"w{i}\t{tag}\n"));

        var report = await Some.Report(Some.Manifest(new() { TagScheme = TagScheme.IOBES }), Some.File("train.conll", lines));

        Assert.Contains(report.Findings, finding => finding.Code == FindingCode.IllegalTransition);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private IEnumerable<string> AllTags() => Enum.GetValues<Split>()
        .SelectMany(split => SnapshotReader.Read(Path.Combine(_folder, $"{split.ToString().ToLowerInvariant()}.jsonl.gz")))
        .SelectMany(example => example.Tags!);
}
