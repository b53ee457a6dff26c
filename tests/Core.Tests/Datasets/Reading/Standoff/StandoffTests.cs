using Droptune.Core.Datasets;

namespace Droptune.Core.Tests.Datasets.Reading.Standoff;

/// <summary>Annotation apart from its text, and the columns of shared tasks.</summary>
public sealed class StandoffTests
{
    [Fact]
    public async Task Brat_EntitiesBesideTheirText_AreRead()
    {
        DatasetFile[] files =
        [
            Some.File("train/a.txt", "😀 Ann moved\nto Leeds.\n"),
            Some.File("train/a.ann", "T1\tPER 2 5\tAnn\nT2\tLOC 15 20\tLeeds\nT3\tPER 2 5;15 20\tAnn Leeds\nR1\tlives Arg1:T1 Arg2:T2\n#1\tAnnotatorNotes T1\tsure\nA1\tSure T1\n"),
            Some.File("train/b.txt", "Nobody came."),
            Some.File("train/b.ann", ""),
        ];

        var examples = await Some.Examples(files);
        var report = await Some.Report(files);

        Assert.Equal(["PER: Ann", "LOC: Leeds"], Some.Entities(examples.Single(e => e.Example.Text!.Contains("Ann", StringComparison.Ordinal)).Example));
        Assert.Empty(examples.Single(e => e.Example.Text == "Nobody came.").Example.Entities!);
        Assert.Equal("Not read: attributes; entities of several pieces; notes; relations.", Assert.Single(report.Findings, finding => finding.Code == FindingCode.AnnotationNotRead).Message);
    }

    [Theory]
    [InlineData("T1\tPER 0 3\tBob\n", FindingCode.SpanSurfaceMismatch)]
    [InlineData("T1 PER 0 3 Ann\n", FindingCode.MalformedRecord)]
    public async Task Brat_WrongEntity_IsShownAtItsLine(string line, FindingCode code)
    {
        var report = await Some.Report(Some.File("a.txt", "Ann met Bob"), Some.File("a.ann", "T2\tPER 8 11\tBob\n" + line));

        Assert.Equal(2, Assert.Single(report.Findings, finding => finding.Code == code).Line);
    }

    [Fact]
    public async Task Brat_WithoutItsText_AsksForIt()
    {
        var report = await Some.Report(Some.File("a.ann", "T1\tPER 0 3\tAnn\n"));

        Assert.Contains("a.txt", Assert.Single(report.Findings, finding => finding.Code == FindingCode.MissingDocument).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WebAnno_ValuesOfNamedEntities_AreTags()
    {
        const string Tsv = """
            #FORMAT=WebAnno TSV 3.3
            #T_SP=de.tudarmstadt.ukp.dkpro.core.api.lexmorph.type.pos.POS|PosValue
            #T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|identifier|value


            #Text=Ann Ray met [Bob] .
            1-1	0-3	Ann	NNP	*[1]	PER[1]	
            1-2	4-7	Ray	NNP	*[1]	PER[1]	
            1-3	8-11	met	VBD	_	_	
            1-4	12-17	\[Bob\]	NNP	*[2]	PER[2]	
            1-5	18-19	.	.	_	_	

            #Text=Leeds York
            2-1	20-25	Leeds	NNP	*	LOC	
            2-2	26-30	York	NNP	*	LOC	
            """;

        var examples = await Some.Examples(Some.File("doc.tsv", Tsv));
        var report = await Some.Report(Some.File("doc.tsv", Tsv));

        Assert.Equal(["Ann", "Ray", "met", "[Bob]", "."], examples[0].Example.Tokens);
        Assert.Equal(["B-PER", "I-PER", "O", "B-PER", "O"], examples[0].Example.Tags);
        Assert.Equal(["B-LOC", "B-LOC"], examples[1].Example.Tags);
        Assert.Equal("Not read: POS.PosValue.", Assert.Single(report.Findings, finding => finding.Code == FindingCode.AnnotationNotRead).Message);
    }

    private const string Xmi = """
        <?xml version="1.0" encoding="UTF-8"?>
        <xmi:XMI xmlns:xmi="http://www.omg.org/XMI" xmlns:cas="http:///uima/cas.ecore" xmlns:ner="http:///de/tudarmstadt/ukp/dkpro/core/api/ner/type.ecore" xmlns:seg="http:///de/tudarmstadt/ukp/dkpro/core/api/segmentation/type.ecore" xmlns:pos="http:///de/tudarmstadt/ukp/dkpro/core/api/lexmorph/type/pos.ecore" xmi:version="2.0">
          <cas:NULL xmi:id="0"/>
          <seg:Sentence xmi:id="2" sofa="1" begin="0" end="12"/>
          <seg:Sentence xmi:id="3" sofa="1" begin="13" end="24"/>
          <seg:Token xmi:id="4" sofa="1" begin="0" end="2"/>
          <pos:POS xmi:id="5" sofa="1" begin="3" end="6" PosValue="NNP"/>
          <ner:NamedEntity xmi:id="6" sofa="1" begin="3" end="6" value="PER"/>
          <ner:NamedEntity xmi:id="7" sofa="1" begin="18" end="23" value="LOC"/>
          <cas:Sofa xmi:id="1" sofaNum="1" sofaID="_InitialView" mimeType="text" sofaString="&#x1F600; Ann left.&#10;From Leeds."/>
          <cas:View sofa="1" members="2 3"/>
        </xmi:XMI>
        """;

    private const string CasJson = """
        {"%TYPES":{},"%FEATURE_STRUCTURES":[{"%ID":1,"%TYPE":"uima.cas.Sofa","sofaNum":1,"sofaID":"_InitialView","mimeType":"text","sofaString":"\ud83d\ude00 Ann left.\nFrom Leeds."},
        {"%ID":2,"%TYPE":"de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Sentence","@sofa":1,"begin":0,"end":12},
        {"%ID":3,"%TYPE":"de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Sentence","@sofa":1,"begin":13,"end":24},
        {"%ID":5,"%TYPE":"de.tudarmstadt.ukp.dkpro.core.api.lexmorph.type.pos.POS","@sofa":1,"begin":3,"end":6,"PosValue":"NNP"},
        {"%ID":6,"%TYPE":"de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity","@sofa":1,"begin":3,"end":6,"value":"PER"},
        {"%ID":7,"%TYPE":"de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity","@sofa":1,"begin":18,"end":23,"value":"LOC"}],"%VIEWS":{}}
        """;

    [Theory]
    [InlineData("a.xmi", Xmi)]
    [InlineData("a.json", CasJson)]
    public async Task Uima_NamedEntities_AreThoseOfTheirSentence(string name, string content)
    {
        DatasetFile[] files = [Some.File(name, content), Some.File("TypeSystem.xml", "<typeSystemDescription/>")];

        var examples = await Some.Examples(files);
        var report = await Some.Report(files);

        Assert.Equal(["From Leeds.", "😀 Ann left."], examples.Select(example => example.Example.Text!.Trim()).Order(StringComparer.Ordinal));
        Assert.Equal(["LOC: Leeds", "PER: Ann"], examples.SelectMany(example => Some.Entities(example.Example)).Order(StringComparer.Ordinal));
        Assert.Equal("Not read: POS.", Assert.Single(report.Findings, finding => finding.Code == FindingCode.AnnotationNotRead).Message);
        Assert.DoesNotContain(report.Findings, finding => finding.Code == FindingCode.UnknownFormat);
    }

    [Fact]
    public async Task Uima_DocumentTypeDefinition_IsRefused()
    {
        var report = await Some.Report(Some.File("a.xmi", """<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]><a>&c;</a>"""));

        Assert.Contains("document type definition", Assert.Single(report.Findings, finding => finding.Code == FindingCode.MalformedRecord).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1-1\t0-3\tAnn\tPER[1]|LOC[2]\t", FindingCode.SpanOverlap)]
    [InlineData("1-1\t0-3\tAnn\t_\t\n1-1.1\t0-1\tA\tPER\t", FindingCode.SpanCutsWord)]
    public async Task WebAnno_WhatNoTagHolds_LeavesTheSentenceOut(string lines, FindingCode code)
    {
        var report = await Some.Report(Some.File("doc.tsv", $"#FORMAT=WebAnno TSV 3.2\n#T_SP=x.NamedEntity|value\n\n\n#Text=Ann\n{lines}\n\n#Text=Bob\n2-1\t4-7\tBob\tPER\t\n"));

        Assert.Equal(1, report.LeftOut);
        Assert.Equal(6 + lines.Count(c => c == '\n'), Assert.Single(report.Findings, finding => finding.Code == code).Line);
    }

    [Fact]
    public async Task Conll2012_Brackets_AreEntities()
    {
        const string Document = """
            #begin document (bc/x); part 000
            bc/x 0 0 Ann NNP (TOP(S* - - - Sp1 (PERSON* * (0
            bc/x 0 1 Ray NNP * - - - Sp1 *) * 0)
            bc/x 0 2 left VBD * leave 01 1 Sp1 * (V*) -
            bc/x 0 3 Leeds NNP *) - - - Sp1 (GPE) * -

            bc/x 0 0 Bye UH (TOP*) - - - Sp1 * -

            #end document
            """;

        var examples = await Some.Examples(Some.File("x.v4_gold_conll.conll", Document));

        Assert.Equal(["B-PERSON", "I-PERSON", "O", "B-GPE"], examples[0].Example.Tags);
        Assert.Equal(["Bye"], examples[1].Example.Tokens);
    }

    [Fact]
    public async Task ConllUPlus_ColumnOfEntities_IsFoundByItsName()
    {
        const string Sentences = """
            # global.columns = ID FORM NER MISC
            # text = vámonos a Lugo
            1-2	vámonos	_	_
            1	vamos	O	_
            2	nos	O	_
            3	a	O	_
            3.1	x	O	_
            4	Lugo	B-LOC	SpaceAfter=No
            """;

        var examples = await Some.Examples(Some.File("es.conllup", Sentences));

        Assert.Equal(["vamos", "nos", "a", "Lugo"], examples[0].Example.Tokens);
        Assert.Equal("B-LOC", examples[0].Example.Tags![3]);
    }

    [Fact]
    public async Task Stockmark_SpansWithNames_AreCompared()
    {
        var examples = await Some.Examples(Some.File("ner.json", """[{"curid": "1", "text": "「SPRiNGS」は東京にある。", "entities": [{"name": "SPRiNGS", "span": [1, 8], "type": "組織名"}, {"name": "東京", "span": [10, 12], "type": "地名"}]}]"""));

        Assert.Equal(["組織名: SPRiNGS", "地名: 東京"], Some.Entities(Assert.Single(examples).Example));
    }

    [Theory]
    [InlineData("train.bio", "Ann\tB-PER\ncame\tO\n")]
    [InlineData("train.iob", "Ann B-PER\ncame O\n")]
    [InlineData("train", "Ann B-PER\ncame O\n")]
    [InlineData("train.ndjson", "{\"tokens\": [\"Ann\", \"came\"], \"tags\": [\"B-PER\", \"O\"]}\n")]
    [InlineData("train", "{\"tokens\": [\"Ann\", \"came\"], \"tags\": [\"B-PER\", \"O\"]}\n")]
    public async Task OtherExtensions_AreReadByTheirContent(string name, string content)
    {
        var examples = await Some.Examples(Some.File(name, content), Some.File("LICENSE", "MIT"), Some.File(".gitattributes", "*.txt text"));

        Assert.Equal(["B-PER", "O"], Assert.Single(examples).Example.Tags);
    }

    [Fact]
    public async Task NoExtension_AndNoEvidence_IsLeftOutWithAWarning()
    {
        var report = await Some.Report(Some.File("train.bmes", "Ann\tS-PER\ncame\tO\n"), Some.File("AUTHORS", "Ann Ray\nBob\n"));

        Assert.Equal("AUTHORS", Assert.Single(report.Findings, finding => finding.Code == FindingCode.UnknownFormat).File);
        Assert.Equal(["PER"], report.EntityLabels);
    }
}
