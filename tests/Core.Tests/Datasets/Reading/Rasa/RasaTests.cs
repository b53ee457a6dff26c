using Droptune.Core.Datasets;

namespace Droptune.Core.Tests.Datasets.Reading.Rasa;

/// <summary>Rasa's training data in its three forms.</summary>
public sealed class RasaTests
{
    private const string Yaml = """
        version: "3.1"
        nlu:
        - intent: greet
          examples: |
            - hey 😀
            - hello
        - intent: book
          examples: |
            - table in [Leeds](city)
            - 😀 from [NY]{"entity": "city", "role": "departure", "value": "new york"} to [York](city:york uk)
        - intent: chitchat/weather
          examples:
          - text: |
              will it [rain](weather)?
            metadata:
              sentiment: neutral
        - synonym: new york
          examples: |
            - NY
        - lookup: city
          examples: |
            - Leeds
        - regex: zip
          examples: |
            - \d{5}
        """;

    private const string Markdown = """
        ## intent:greet
        - hey
        - hello

        ## intent:book
        - table in [Leeds](city)
        * from [NY](city:new york)
        <!-- a comment -->

        ## synonym:new york
        - NY

        ## lookup:city
        data/cities.txt
        """;

    [Fact]
    public async Task Yaml_Examples_AreReadWithTheirEntities()
    {
        var examples = await Some.Examples(Some.File("data/nlu.yml", Yaml));

        Assert.Equal(5, examples.Count);
        Assert.Equal(["city: NY", "city: York"], Some.Entities(examples.Single(e => e.Example.Text == "😀 from NY to York").Example));
        Assert.Equal(["weather: rain"], Some.Entities(examples.Single(e => e.Example.Label == "chitchat/weather").Example));
    }

    [Fact]
    public async Task Yaml_WhatIsNoExample_IsNamedInOneFinding()
    {
        var report = await Some.Report(Some.File("nlu.yml", Yaml));

        Assert.Equal(
            "Not read: synonym new york; lookup city; regex zip; values, roles and groups of entities.",
            Assert.Single(report.Findings, finding => finding.Code == FindingCode.AnnotationNotRead).Message);
    }

    [Fact]
    public async Task Yaml_BrokenEntity_IsShownAtItsLine()
    {
        var report = await Some.Report(Some.File("nlu.yml", Yaml.Replace("[Leeds](city)", "[Leeds]{\"entity\": 1}", StringComparison.Ordinal)));

        Assert.Equal(9, Assert.Single(report.Findings, finding => finding.Code == FindingCode.MalformedRecord).Line);
    }

    [Fact]
    public async Task Yaml_OfAnotherKind_IsLeftOutWithAWarning()
    {
        var report = await Some.Report(Some.File("nlu.yml", Yaml), Some.File("domain.yml", "intents:\n- greet\n"));

        Assert.Equal("domain.yml", Assert.Single(report.Findings, finding => finding.Code == FindingCode.UnknownFormat).File);
    }

    [Fact]
    public async Task Yaml_Aliases_AreNotFollowed()
    {
        var bomb = "a: &a [x, x, x]\n" + string.Concat(Enumerable.Range(0, 20).Select(i => $"{(char)('b' + i)}: &{(char)('b' + i)} [{string.Join(", ", Enumerable.Repeat($"*{(char)('a' + i)}", 9))}]\n")) + "nlu: *u\n";

        var report = await Some.Report(Some.File("nlu.yml", bomb));

        Assert.Contains("alias", Assert.Single(report.Findings, finding => finding.Code == FindingCode.MalformedRecord).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nlu:\n- lookup: {ity\n  examples:\n  - text: Leeds\n")]
    [InlineData("nlu:\n- lookup: city\n  examples: {a\n- b: c\n")]
    public async Task CheckAsync_YamlThatItsScannerDidNotForesee_IsAFindingWithItsLine(string yaml)
    {
        var report = await Some.Report(Some.File("nlu.yml", yaml));

        var finding = Assert.Single(report.Findings, finding => finding.Code == FindingCode.MalformedRecord);
        Assert.StartsWith("The file is not valid YAML", finding.Message, StringComparison.Ordinal);
        Assert.InRange(finding.Line!.Value, 1, 5);
    }

    [Fact]
    public async Task Yaml_NestedWithoutEnd_IsAFinding()
    {
        var report = await Some.Report(Some.File("nlu.yml", "nlu: " + new string('[', 100_000)));

        Assert.Contains("nested", Assert.Single(report.Findings, finding => finding.Code == FindingCode.MalformedRecord).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Markdown_Examples_AreReadWithTheirEntities()
    {
        var examples = await Some.Examples(Some.File("nlu.md", Markdown), Some.File("README.md", "# A bot"));

        Assert.Equal(["book", "greet", "greet", "book"], examples.Select(e => e.Example.Label));
        Assert.Equal(["city: NY"], Some.Entities(examples[0].Example));
        Assert.Equal(["city: Leeds"], Some.Entities(examples[3].Example));
    }

    [Fact]
    public async Task Markdown_WhatIsNoExample_IsNamedInOneFinding()
    {
        var report = await Some.Report(Some.File("nlu.md", Markdown));

        Assert.Equal(
            "Not read: synonym new york; lookup city; values, roles and groups of entities.",
            Assert.Single(report.Findings, finding => finding.Code == FindingCode.AnnotationNotRead).Message);
    }

    [Fact]
    public async Task Json_Examples_AreCheckedAgainstTheirValues()
    {
        const string Json = """
            {"rasa_nlu_data": {"common_examples": [
              {"text": "😀 table in Leeds", "intent": "book", "entities": [{"start": 11, "end": 16, "value": "Leeds", "entity": "city"}]},
              {"text": "to NY", "intent": "book", "entities": [{"start": 3, "end": 5, "value": "new york", "entity": "city"}]},
              {"text": "hey", "intent": "greet", "entities": []}],
              "regex_features": [{"name": "zip", "pattern": "[0-9]{5}"}], "entity_synonyms": [{"value": "new york", "synonyms": ["NY"]}], "lookup_tables": []}}
            """;

        var examples = await Some.Examples(Some.File("nlu.json", Json));
        var report = await Some.Report(Some.File("nlu.json", Json));

        Assert.Equal(["city: NY"], Some.Entities(examples.Single(e => e.Example.Text == "to NY").Example));
        Assert.Equal(["city: Leeds"], Some.Entities(examples.Single(e => e.Example.Text!.Contains("Leeds", StringComparison.Ordinal)).Example));
        Assert.Equal(
            "Not read: regex zip; synonym new york; values, roles and groups of entities.",
            Assert.Single(report.Findings, finding => finding.Code == FindingCode.AnnotationNotRead).Message);
    }
}
