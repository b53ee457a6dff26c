using Droptune.Core.Datasets;
using Droptune.Core.Datasets.Reading.Tables;

namespace Droptune.Core.Tests.Datasets.Reading.Tables;

/// <summary>Tokens in tables: a row for each, or lists in cells.</summary>
public sealed class WordTablesTests
{
    [Theory]
    [InlineData("Sentence: 1", "", "Sentence: 2", "")]
    [InlineData("1", "1", "2", "2")]
    public async Task Words_OneARow_AreSentences(string first, string second, string third, string fourth)
    {
        var examples = await Some.Examples(Some.File(
            "ner.csv", $"Sentence #,Word,POS,Tag\n{first},Ann,NNP,B-per\n{second},\"\"\"\",``,O\n{third},\"1,000\",CD,B-num\n{fourth},came,VBD,O\n"));

        Assert.Equal([["1,000", "came"], ["Ann", "\""]], examples.Select(e => e.Example.Tokens!.ToArray()));
        Assert.Equal(["B-per", "O"], examples[1].Example.Tags);
    }

    [Fact]
    public async Task Words_WrongTag_IsShownAtItsRow()
    {
        var report = await Some.Report(
            Some.Manifest(new() { TagScheme = TagScheme.IOB2 }), Some.File("ner.csv", "Sentence #,Word,POS,Tag\n1,Ann,NNP,B-per\n,Ray,NNP,I-org\n2,came,VBD,O\n"));

        Assert.Equal(3, Assert.Single(report.Findings, finding => finding.Code == FindingCode.IllegalTransition).Line);
    }

    [Fact]
    public async Task Words_WithoutASentenceColumn_AreRefusedWithTheWayOut()
    {
        var report = await Some.Report(Some.File("ner.csv", "word,tag\nAnn,B-per\ncame,O\n"));

        Assert.Contains("'Sentence #'", Assert.Single(report.Findings, finding => finding.Code == FindingCode.FormatNotRead).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tokens,ner_tags\n\"['Ann', \"\"O'Ray\"\"]\",\"['B-per', 'I-per']\"\n")]
    [InlineData("tokens;tags\n\"[\"\"Ann\"\", \"\"O'Ray\"\"]\";\"[\"\"B-per\"\", \"\"I-per\"\"]\"\n")]
    [InlineData("Sentence #,Sentence,POS,Tag\nSentence: 1,Ann O'Ray,\"['NNP', 'NNP']\",\"['B-per', 'I-per']\"\n")]
    [InlineData("text,labels\nAnn O'Ray,B-per I-per\n")]
    public async Task Lists_InCells_AreTokensAndTags(string content)
    {
        var examples = await Some.Examples(Some.File("train.csv", content));

        Assert.Equal(["Ann", "O'Ray"], Assert.Single(examples).Example.Tokens);
        Assert.Equal(["B-per", "I-per"], examples[0].Example.Tags);
    }

    [Fact]
    public async Task Lists_OfLabelsThatAreNoTags_NameTheColumnToState()
    {
        var report = await Some.Report(Some.File("train.csv", "text,labels\nmy parcel is late,delivery\n"));

        Assert.Contains("labelColumn", Assert.Single(report.Findings, finding => finding.Code == FindingCode.MissingField).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""['a' 'b\'s' "c"]""", "a|b's|c")]
    [InlineData("""["\u00e9", 1, None]""", "é|1|None")]
    [InlineData("[]", "")]
    [InlineData("['a', 'b", null)]
    [InlineData("['a'", null)]
    [InlineData("a  b", "a|b")]
    public void Parse_ListAsToolsWriteIt_GivesItsElements(string cell, string? elements) =>
        Assert.Equal(elements, CellList.Parse(Encoding.UTF8.GetBytes(cell)) is { } list ? string.Join('|', list) : null);
}
