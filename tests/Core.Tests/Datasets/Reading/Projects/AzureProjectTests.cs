using Droptune.Core.Datasets;

namespace Droptune.Core.Tests.Datasets.Reading.Projects;

/// <summary>Projects of Azure AI Language as its export writes them.</summary>
public sealed class AzureProjectTests
{
    private const string Conversation = """
        {
          "projectFileVersion": "2023-04-01",
          "stringIndexType": "Utf16CodeUnit",
          "metadata": { "projectKind": "Conversation", "settings": { "confidenceThreshold": 0.7 }, "projectName": "travel", "multilingual": true, "language": "en-us" },
          "assets": {
            "projectKind": "Conversation",
            "intents": [ { "category": "None" }, { "category": "Book" } ],
            "entities": [
              { "category": "City", "compositionSetting": "combineComponents", "list": { "sublists": [ { "listKey": "NY", "synonyms": [ { "language": "en-us", "values": [ "big apple" ] } ] } ] },
                "prebuilts": [ { "category": "Geography.Location" } ] },
              { "category": "Code", "compositionSetting": "combineComponents", "regex": { "expressions": [ { "regexKey": "k", "language": "en-us", "regexPattern": "[A-Z]{3}" } ] } },
              { "category": "Free", "compositionSetting": "combineComponents", "list": { "sublists": [] }, "prebuilts": [] }
            ],
            "utterances": [
              { "text": "a 😀 table in Leeds", "language": "en-us", "intent": "Book", "dataset": "Train", "entities": [ { "category": "City", "offset": 14, "length": 5 } ] },
              { "text": "Tisch in Bonn", "language": "de", "intent": "Book", "dataset": "Test", "entities": [ { "category": "City", "offset": 9, "length": 4 } ] },
              { "text": "hey", "language": "en-us", "intent": "None", "dataset": "Train", "entities": [] }
            ]
          }
        }
        """;

    [Fact]
    public async Task Conversation_Utterances_KeepIntentEntitiesAndSplit()
    {
        var examples = await Some.Examples(Some.File("travel.json", Conversation));

        Assert.Equal(["City: Leeds"], Some.Entities(examples.Single(e => e.Example.Text!.StartsWith("a ", StringComparison.Ordinal)).Example));
        var test = Assert.Single(examples, e => e.Split == Split.Test);
        Assert.Equal(("Tisch in Bonn", "Book"), (test.Example.Text, test.Example.Label));
        Assert.Equal("None", examples.Single(e => e.Example.Text == "hey").Example.Label);
    }

    [Fact]
    public async Task Conversation_Components_AreNamedInOneFinding()
    {
        var report = await Some.Report(Some.File("travel.json", Conversation));

        var finding = Assert.Single(report.Findings, finding => finding.Code == FindingCode.AnnotationNotRead);
        Assert.Equal("Not read: list components of City; regex components of Code; prebuilt components of City.", finding.Message);
        Assert.True(Assert.Single(report.Files).StatesSplits);
    }

    [Fact]
    public async Task Conversation_SpanOutsideItsText_IsShownWhereItStands()
    {
        var report = await Some.Report(Some.File("travel.json", Conversation.Replace("\"offset\": 9", "\"offset\": 12", StringComparison.Ordinal)));

        var finding = Assert.Single(report.Findings, finding => finding.Code == FindingCode.SpanOutOfRange);
        Assert.Equal(16, finding.Line);
    }

    [Theory]
    [InlineData("Utf16CodeUnit", "TextElements_v8", "stringIndexType=Utf16CodeUnit")]
    [InlineData("Conversation", "Orchestration", "of the kind Orchestration")]
    public async Task Conversation_OfAnotherKind_IsNamedWithTheWayOut(string was, string now, string says)
    {
        var report = await Some.Report(Some.File("travel.json", Conversation.Replace(was, now, StringComparison.Ordinal)));

        Assert.Contains(says, Assert.Single(report.Findings, finding => finding.Code == FindingCode.FormatNotRead).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Documents_OfEntities_AreReadFromBesideTheProject()
    {
        const string Project = """
            {"projectFileVersion":"2022-05-01","stringIndexType":"Utf16CodeUnit","metadata":{"projectKind":"CustomEntityRecognition","projectName":"loans","storageInputContainerName":"c","multilingual":false,"language":"en-us"},
             "assets":{"projectKind":"CustomEntityRecognition","entities":[{"category":"Lender"}],"documents":[
              {"location":"01.txt","language":"en-us","dataset":"Train","entities":[{"regionOffset":0,"regionLength":32,"labels":[{"category":"Lender","offset":4,"length":13}]}]},
              {"location":"more/02.txt","language":"en-us","dataset":"Test","entities":[{"regionOffset":0,"regionLength":20,"labels":[{"category":"Lender","offset":0,"length":4}]}]}]}}
            """;

        var examples = await Some.Examples(
            Some.File("ner/labels.json", Project), Some.File("ner/01.txt", "The Bank of Leeds\r\nlends money."), Some.File("ner/more/02.txt", "York lends too."));

        Assert.Equal(["Lender: Bank of Leeds"], Some.Entities(examples[0].Example));
        Assert.Equal(["Lender: York"], Some.Entities(examples[1].Example));
        Assert.Equal(Split.Test, examples[1].Split);
    }

    [Fact]
    public async Task Documents_OfClasses_AreReadFromBesideTheProject()
    {
        const string Project = """
            {"projectFileVersion":"2022-05-01","stringIndexType":"Utf16CodeUnit","metadata":{"projectKind":"CustomSingleLabelClassification"},
             "assets":{"projectKind":"CustomSingleLabelClassification","classes":[{"category":"a"},{"category":"b"}],"documents":[
              {"location":"01.txt","language":"en-us","dataset":"Train","class":{"category":"a"}},{"location":"02.txt","language":"en-us","dataset":"Train","class":{"category":"b"}}]}}
            """;

        var examples = await Some.Examples(Some.File("labels.json", Project), Some.File("01.txt", "one text"), Some.File("02.txt", "other text"));

        Assert.Equal(["a", "b"], examples.Select(e => e.Example.Label));
    }

    [Fact]
    public async Task Documents_ThatAreMissing_AreAskedFor()
    {
        const string Project = """
            {"projectFileVersion":"2022-05-01","stringIndexType":"Utf16CodeUnit","metadata":{"projectKind":"CustomEntityRecognition"},
             "assets":{"projectKind":"CustomEntityRecognition","documents":[{"location":"01.txt","entities":[]},{"location":"02.txt","entities":[]}]}}
            """;

        var report = await Some.Report(Some.File("labels.json", Project));

        Assert.Equal(2, report.LeftOut);
        var finding = report.Findings.First(finding => finding.Code == FindingCode.MissingDocument);
        Assert.Equal("This is an Azure custom NER project: it holds the labels of 01.txt, not its text. Drop its documents into one folder with it.", finding.Message);
    }
}
