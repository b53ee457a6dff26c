using Droptune.Core.Datasets;

namespace Droptune.Core.Tests.Datasets.Reading.Projects;

/// <summary>Apps of LUIS as it exported them.</summary>
public sealed class LuisTests
{
    private const string App = """
        {"luis_schema_version": "7.0.0", "intents": [{"name": "Book", "features": []}, {"name": "None", "features": []}],
         "entities": [{"name": "City", "children": [], "roles": ["from"], "features": []}],
         "composites": [{"name": "Trip", "children": ["City"], "roles": []}],
         "closedLists": [{"name": "Class", "subLists": [{"canonicalForm": "first", "list": ["1st"]}], "roles": []}],
         "regex_entities": [{"name": "Flight", "regexPattern": "[A-Z]{2}[0-9]+", "roles": []}], "prebuiltEntities": [{"name": "datetimeV2", "roles": []}],
         "patterns": [{"pattern": "to {City}", "intent": "Book"}], "phraselists": [], "settings": [],
         "utterances": [
          {"text": "table in leeds", "intent": "Book", "entities": [{"entity": "Trip", "startPos": 0, "endPos": 13, "children": []}, {"entity": "City", "startPos": 9, "endPos": 13, "role": "from", "children": []}]},
          {"text": "😀 york", "intent": "Book", "entities": [{"entity": "City", "startPos": 3, "endPos": 6, "children": []}]},
          {"text": "hey", "intent": "None", "entities": []}]}
        """;

    [Fact]
    public async Task App_EndsOfEntities_AreInclusive()
    {
        var examples = await Some.Examples(Some.File("app.json", App));

        Assert.Equal(["City: leeds"], Some.Entities(examples.Single(e => e.Example.Text == "table in leeds").Example));
        Assert.Equal(["City: york"], Some.Entities(examples.Single(e => e.Example.Text == "😀 york").Example));
        Assert.Equal("None", examples.Single(e => e.Example.Text == "hey").Example.Label);
    }

    [Fact]
    public async Task App_WhatIsNoUtterance_IsNamedInOneFinding()
    {
        var report = await Some.Report(Some.File("app.json", App));

        Assert.Equal(
            "Not read: list entities Class; regex entities Flight; prebuilt entities datetimeV2; composite entities Trip; patterns; roles of entities.",
            Assert.Single(report.Findings, finding => finding.Code == FindingCode.AnnotationNotRead).Message);
    }

    [Fact]
    public async Task App_OfAnOldSchema_IsRefusedBecauseItCountsTokens()
    {
        var report = await Some.Report(Some.File("app.json", App.Replace("7.0.0", "1.3.0", StringComparison.Ordinal)));

        Assert.Contains("count tokens", Assert.Single(report.Findings, finding => finding.Code == FindingCode.FormatNotRead).Message, StringComparison.Ordinal);
    }
}
