using Droptune.Core.Datasets;
using Droptune.Core.Reports;
using Droptune.Core.Tests.Datasets.RoundTrip;

namespace Droptune.Core.Tests.Datasets;

/// <summary>Datasets whose texts have several labels, or none.</summary>
public sealed class MultiLabelTests
{
    private const string Own = """
        {"text": "late and rude", "labels": ["rude", "late", "late"]}
        {"text": "all fine", "labels": []}
        {"text": "just late", "label": "late"}
        """;

    private static readonly DatasetFile Stated = Some.File("dataset.json", """{"task": "multi-label-classification"}""");

    public static TheoryData<string, string> Formats => new()
    {
        { "train.jsonl", Own },
        { "train.csv", "text,label\nlate and rude,rude; late\nall fine,\njust late,late\n" },
        { "train.tsv", "text\tlabels\nlate and rude\t\"['rude', 'late']\"\nall fine\t[]\njust late\tlate\n" },
        { "studio.csv", "text,label\nlate and rude,\"{\"\"choices\"\":[\"\"late\"\",\"\"rude\"\"]}\"\nall fine,\njust late,late\n" },
        { "min.json", """[{"text":"late and rude","label":{"choices":["late","rude"]}},{"text":"all fine","label":[]},{"text":"just late","label":"late"}]""" },
        { "doccano.jsonl", "{\"id\":1,\"text\":\"late and rude\",\"label\":[\"late\",\"rude\"]}\n{\"id\":2,\"text\":\"all fine\",\"label\":[]}\n{\"id\":3,\"text\":\"just late\",\"label\":[\"late\"]}\n" },
        { "spacy.json", """[["late and rude",{"cats":{"late":1,"rude":1}}],["all fine",{"cats":{"late":0,"rude":0}}],["just late",{"cats":{"late":1,"rude":0}}]]""" },
        { "prodigy.jsonl", "{\"text\":\"late and rude\",\"accept\":[\"late\",\"rude\"],\"answer\":\"accept\"}\n{\"text\":\"all fine\",\"accept\":[],\"answer\":\"accept\"}\n{\"text\":\"just late\",\"accept\":[\"late\"],\"answer\":\"accept\"}\n" },
        {
            "studio.json", """
            [{"data":{"text":"late and rude"},"annotations":[{"result":[{"type":"choices","value":{"choices":["rude","late"]}}]}]},
             {"data":{"text":"all fine"},"annotations":[{"result":[]}]},
             {"data":{"text":"just late"},"annotations":[{"result":[{"type":"choices","value":{"choices":["late"]}}]}]}]
            """
        },
        { "fast.txt", "__label__rude __label__late late and rude\nall fine\n__label__late just late\n" },
        { "fine-first.txt", "all fine\r\n__label__rude __label__late late and rude\r\n__label__late just late\r\n" },
    };

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task CheckAsync_EachFormat_KeepsAllLabelsSorted(string name, string content)
    {
        var examples = await Some.Examples(Stated, Some.File(name, content));

        Assert.Equal(["all fine", "just late", "late and rude"], examples.Select(e => e.Example.Text));
        Assert.Equal(["", "late", "late rude"], examples.Select(e => string.Join(' ', e.Example.Labels!)));
        Assert.All(examples, e => Assert.Null(e.Example.Label));
    }

    [Fact]
    public async Task CheckAsync_Conll_KeepsAllLabelsAndABlankOneIsNone()
    {
        var file = Some.File("train.conll", "# label = rude\n# label = late\nso O\nlate O\n\n# label =\nto O\nRome B-city\n\n# intent = late\nzero O\n");

        var examples = await Some.Examples(Some.File("dataset.json", """{"multiLabel": true}"""), file);

        Assert.Equal(["late rude", "", "late"], examples.Select(e => string.Join(' ', e.Example.Labels!)));
    }

    [Theory]
    [InlineData("""{"multiLabel": true}""", "", FindingCode.MissingLabel, "a line '# label ='")]
    [InlineData("""{"multiLabel": true}""", "# label =\n# label = late\n", FindingCode.EmptyField, "A label is blank.")]
    [InlineData("{}", "# label =\n", FindingCode.EmptyField, "The label is blank.")]
    public async Task CheckAsync_ConllThatIsUnclear_IsSaid(string manifest, string comments, FindingCode code, string message)
    {
        var report = await Some.Report(Some.File("dataset.json", manifest), Some.File("train.conll", $"# label = rude\nso O\nrude B-x\n\n{comments}to O\nRome B-city\n"));

        var finding = Assert.Single(report.Findings, finding => finding is { Severity: Severity.Error, Line: not null });
        Assert.Equal((code, 5L), (finding.Code, finding.Line));
        Assert.Contains(message, finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CheckAsync_FastTextWithoutTheTask_LacksTheLabel()
    {
        var report = await Some.Report(Some.File("train.txt", "__label__late just late\nall fine\n__label__rude so rude\n"));

        Assert.Equal(2, Assert.Single(report.Findings, finding => finding.Code == FindingCode.MissingLabel).Line);
    }

    [Fact]
    public async Task CheckAsync_HuggingFaceNumbers_GetTheirNames()
    {
        var examples = await Some.Examples(
            Stated, Some.File("names.txt", "joy\nanger\nfear\n"), Some.File("train.jsonl", "{\"text\": \"a\", \"labels\": [2, 0]}\n{\"text\": \"b\", \"labels\": []}\n"));

        Assert.Equal(["fear joy", ""], examples.Select(e => string.Join(' ', e.Example.Labels!)));
    }

    [Fact]
    public async Task CheckAsync_ParquetLists_AreKept()
    {
        Example[] examples = [new() { Text = "a", Labels = ["late", "rude"] }, new() { Text = "b", Labels = ["late"] }];

        var read = await Some.Examples(Stated, Some.File("train.parquet", Rendering.ParquetOfLabelLists(examples)));

        Assert.Equal(["late rude", "late"], read.Select(e => string.Join(' ', e.Example.Labels!)));
    }

    [Fact]
    public async Task CheckAsync_AzureProjectOfSeveralLabels_KeepsThem()
    {
        const string Project = """
            {"projectFileVersion":"2022-05-01","stringIndexType":"Utf16CodeUnit","metadata":{"projectKind":"CustomMultiLabelClassification"},
             "assets":{"projectKind":"CustomMultiLabelClassification","classes":[{"category":"a"},{"category":"b"}],"documents":[
              {"location":"01.txt","language":"en-us","dataset":"Train","classes":[{"category":"b"},{"category":"a"}]},
              {"location":"02.txt","language":"en-us","dataset":"Test","classes":[{"category":"b"}]}]}}
            """;

        var examples = await Some.Examples(Stated, Some.File("labels.json", Project), Some.File("01.txt", "one text"), Some.File("02.txt", "other text"));

        Assert.Equal(["a b", "b"], examples.Select(e => string.Join(' ', e.Example.Labels!)));
        Assert.Equal(Split.Test, examples[1].Split);
    }

    [Fact]
    public async Task CheckAsync_WithoutTheTask_NamesItAsTheWayOut()
    {
        var report = await Some.Report(Some.File("train.jsonl", Own));

        var finding = Assert.Single(report.Findings, finding => finding.Code == FindingCode.MultipleLabels);
        Assert.Contains("task multi-label-classification", finding.Advice, StringComparison.Ordinal);
        Assert.Equal(TaskKind.TextClassification, report.Task);
    }

    [Theory]
    [InlineData("\"['late', 'rude']\"", 1)]
    [InlineData("\"{\"\"choices\"\":[\"\"late\"\",\"\"rude\"\"]}\"", 1)]
    [InlineData("['late']", 0)]
    public async Task CheckAsync_ListInACellWithoutTheTask_IsNoLabelByItself(string cell, int several)
    {
        var report = await Some.Report(Some.File("train.csv", $"text,label\nlate and rude,{cell}\njust late,late\nfine,none\n"));

        Assert.Equal(several, report.Findings.Count(finding => finding.Code == FindingCode.MultipleLabels));
        Assert.Equal(["late", "none"], report.TextLabels);
    }

    [Fact]
    public async Task CheckAsync_KeyWithoutAnyLabel_IsSaid()
    {
        var report = await Some.Report(Some.File("dataset.json", """{"multiLabel": true}"""), Some.File("train.conll", "to O\nRome B-city\n"));

        Assert.Contains(report.Findings, finding => finding.Code == FindingCode.TaskMismatch && finding.Message.Contains("multiLabel", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"multiLabel": true}""", """{"text":"fly to Rome","entities":[{"start":7,"end":11,"label":"city"}],"labels":["book","ask"]}""", """{"text":"hi","entities":[],"labels":[]}""")]
    [InlineData("""{"multiLabel": true}""", """{"text":"fly to Rome","entities":[],"labels":["ask","book"]}""", """{"text":"hi Rome","entities":[{"start":3,"end":7,"label":"city"}],"labels":[]}""")]
    [InlineData("""{"task": "joint", "multiLabel": true}""", """{"text":"fly to Rome","label":[[7,11,"city"]],"cats":["book","ask"]}""", """{"text":"hi","label":[],"cats":[]}""")]
    [InlineData("""{"multiLabel": true}""", """{"tokens":["fly","to","Rome"],"tags":["O","O","B-city"],"labels":["book","ask"]}""", """{"tokens":["hi"],"tags":["O"],"labels":[]}""")]
    public async Task CheckAsync_JointOfSeveralLabels_IsOneKeyOfTheManifest(string manifest, string first, string second)
    {
        DatasetFile[] files = [Some.File("dataset.json", manifest), Some.File("train.jsonl", $"{first}\n{second}\n")];

        var examples = await Some.Examples(files);

        Assert.Equal(TaskKind.Joint, (await Some.Report(files)).Task);
        Assert.Equal(["ask book", ""], examples.Select(e => string.Join(' ', e.Example.Labels!)));
        Assert.All(examples, e => Assert.NotNull((object?)e.Example.Entities ?? e.Example.Tags));
    }

    [Fact]
    public async Task CheckAsync_HalvesOfSeveralLabels_AreJoined()
    {
        var examples = await Some.Examples(
            Some.File("dataset.json", """{"multiLabel": true}"""), Some.File("intents.csv", "text,label\nfly to Rome,book;ask\nhi,\n"),
            Some.File("entities.jsonl", "{\"text\":\"fly to Rome\",\"entities\":[{\"start\":7,\"end\":11,\"label\":\"city\"}]}\n{\"text\":\"hi\",\"entities\":[]}\n"));

        Assert.Equal(["ask book", ""], examples.Select(e => string.Join(' ', e.Example.Labels!)));
        Assert.Equal(["city: Rome"], Some.Entities(examples[0].Example));
    }

    [Fact]
    public async Task CheckAsync_Report_HasCardinalityAndPairs()
    {
        var report = await Some.Report(Stated, Some.File("train.jsonl", Own + "\n{\"text\": \"rude, and late\", \"labels\": [\"rude\", \"late\"]}\n"), Some.File("dev.jsonl", "{\"text\": \"so late\", \"labels\": [\"late\"]}"));

        var cardinality = report.Quality.Cardinality!;
        Assert.Equal((1.2, 2, 1L), (cardinality.Mean, cardinality.Most, cardinality.Unlabelled));
        Assert.Equal([new("late", "rude", 2)], cardinality.Pairs);
        Assert.Equal([("late", 3L), ("rude", 2L)], report.Quality.TextLabels.Select(count => (count.Label, count.Train)));
        Assert.Contains("1.2 labels a text in the mean, 2 at most; 1 text without any.", DatasetReportMarkdown.Write(report), StringComparison.Ordinal);
        Assert.Contains("<td>rude</td>", DatasetReportHtml.Write(report), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"text": "a", "labels": []}""", "No text has a label.")]
    [InlineData("""{"text": "a", "labels": ["x"]}""", "All texts have the label 'x', and no other.")]
    public async Task CheckAsync_NothingToTellApart_IsSaid(string record, string message)
    {
        var report = await Some.Report(Stated, Some.File("train.jsonl", record), Some.File("dev.jsonl", record.Replace("\"a\"", "\"b\"", StringComparison.Ordinal)));

        Assert.Equal(message, Assert.Single(report.Findings, finding => finding.Code == FindingCode.SingleClass).Message);
    }

    [Fact]
    public async Task CheckAsync_OneLabelThatSomeTextsHaveNot_IsEnough()
    {
        var report = await Some.Report(Stated, Some.File("train.jsonl", "{\"text\": \"a\", \"labels\": [\"x\"]}\n{\"text\": \"b\", \"labels\": []}\n"), Some.File("dev.jsonl", "{\"text\": \"c\", \"labels\": []}"));

        Assert.True(report.Accepted);
    }

    [Fact]
    public async Task CheckAsync_SameTextOtherLabels_Contradicts()
    {
        var report = await Some.Report(Stated, Some.File("train.jsonl", Own + "\n{\"text\": \"late and rude\", \"labels\": [\"late\"]}\n{\"text\": \"just late\", \"labels\": [\"late\"]}\n"));

        Assert.Equal(4, Assert.Single(report.Findings, finding => finding.Code == FindingCode.ContradictingLabels).Line);
    }

    [Fact]
    public async Task CheckAsync_RecordThatSaysNothing_LacksItsLabels()
    {
        var report = await Some.Report(Stated, Some.File("train.jsonl", Own + "\n{\"text\": \"unknown\"}\n"));

        Assert.Equal(4, Assert.Single(report.Findings, finding => finding.Code == FindingCode.MissingLabel).Line);
    }

    [Fact]
    public async Task CheckAsync_TaskAndKeyContradict_IsSaid()
    {
        var report = await Some.Report(Some.File("dataset.json", """{"task": "text-classification", "multiLabel": true}"""), Some.File("train.jsonl", Own));

        Assert.StartsWith("multiLabel is true, but task is text-classification", Assert.Single(report.Findings, finding => finding.Code == FindingCode.BadManifest).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CheckAsync_Snapshot_IsItsOwnDataset()
    {
        var version = (await Some.Report(Stated, Some.File("train.jsonl", Own))).Version;

        var again = await Some.Report(Stated, Some.File("train.jsonl", """
            {"text":"late and rude","labels":["late","rude"]}
            {"text":"all fine","labels":[]}
            {"text":"just late","labels":["late"]}
            """));

        Assert.Equal(version, again.Version);
    }
}
