using Azure.Storage.Blobs.Models;
using Droptune.Core.Storage;

namespace Droptune.Functions.Tests.Corrections;

[Collection(nameof(LoopHost))]
public class FeedbackTests(LocalHostFixture host)
{
    [Fact]
    public async Task GiveFeedback_Twice_StoresOneExampleOfADataset()
    {
        await host.AddModelAsync("f-store", isServed: false);
        const string inCodePoints = """{"text":"😀 to Berlin","entities":[{"label":"city","start":5,"end":11,"text":"Berlin"}],"label":"book","stringIndexType":"unicodeCodePoint"}""";
        const string inCodeUnits = """{"text":"😀 to Berlin","entities":[{"label":"city","start":6,"end":12,"text":"Berlin"}],"label":"book"}""";

        await host.PostAsync("models/f-store/feedback", inCodePoints).OkAsync();
        var answer = await host.PostAsync("models/f-store/feedback", inCodeUnits).OkAsync();

        var container = host.Get<DroptuneStorage>().Container(StorageNames.Feedback);
        var blobs = await container.GetBlobsAsync(new GetBlobsOptions { Prefix = "f-store/" }, Cancellation).ToListAsync(Cancellation);
        Assert.Equal(answer.Text("blob"), $"feedback/{Assert.Single(blobs).Name}");
        var stored = (await container.GetBlobClient(blobs[0].Name).DownloadContentAsync(Cancellation)).Value.Content;
        var example = JsonSerializer.Deserialize<Example>(stored, DroptuneJson.Compact)!;
        Assert.Equal(("😀 to Berlin", "book"), (example.Text, example.Label));
        Assert.Equal(new EntitySpan(6, 12, "city"), Assert.Single(example.Entities!));
    }

    [Fact]
    public async Task GiveFeedback_Twice_AnswersThatItIsThere()
    {
        await host.AddModelAsync("f-again", isServed: false);

        using var first = await host.PostAsync("models/f-again/feedback", """{"text":"hello","label":"greet"}""");
        using var second = await host.PostAsync("models/f-again/feedback", """{"text":"hello","label":"greet"}""");

        Assert.Equal((201, 200), ((int)first.StatusCode, (int)second.StatusCode));
        Assert.Equal("kept", (await second.JsonAsync()).Text("state")); // its dataset is not here
    }

    [Theory]
    [InlineData("""{"text":"hello"}""", "$")]
    [InlineData("""{"text":" ","label":"x"}""", "$.text")]
    [InlineData("""{"text":"hello","label":"x","labels":["x"]}""", "$.label")]
    [InlineData("""{"text":"hello","labels":[null]}""", "$")]
    [InlineData("""{"text":"hello","entities":[{"label":"a","start":0,"end":3,"text":"elo"}]}""", "$.entities[0]")]
    [InlineData("""{"text":"hello","entities":[{"start":0,"end":3}]}""", "$.entities[0]")]
    [InlineData("""{"text":"hello","entities":[null]}""", "$")]
    [InlineData("""{"text":"hello","entities":[{"label":"city","start":-1,"end":5}]}""", "$.entities[0]")]
    public async Task GiveFeedback_NoExample_SaysWhere(string body, string path)
    {
        await host.AddModelAsync("f-bad", isServed: false);

        var problem = await host.PostAsync("models/f-bad/feedback", body).ProblemAsync(422, "invalid-value");

        Assert.Equal(path, problem.Text("path"));
    }

    [Theory]
    [InlineData("""{"text":"hello","entities":[{"label":"city","start":3,"end":9}]}""", "span-out-of-range")]
    [InlineData("""{"text":"hello 😀","entities":[{"label":"city","start":0,"end":8}],"stringIndexType":"unicodeCodePoint"}""", "span-out-of-range")]
    [InlineData("""{"text":"hello","entities":[{"label":"city","start":3,"end":3}]}""", "span-out-of-range")]
    [InlineData("""{"text":"hello","entities":[{"label":"","start":0,"end":5}]}""", "empty-field")]
    [InlineData("""{"text":"hello","entities":[{"label":"city","start":0,"end":3}]}""", "span-cuts-word")]
    [InlineData("""{"text":"hello","labels":["a",""]}""", "empty-field")]
    [InlineData("""{"text":"to New York","entities":[{"label":"a","start":3,"end":11},{"label":"a","start":0,"end":6}]}""", "span-overlap")]
    public async Task GiveFeedback_WhatTheGateRefuses_IsRefusedWithItsFindings(string body, string code)
    {
        await host.AddModelAsync("f-gate", isServed: false);

        var problem = await host.PostAsync("models/f-gate/feedback", body).ProblemAsync(422, "invalid-feedback");

        Assert.Contains(code, problem.GetProperty("findings").EnumerateArray().Select(finding => finding.Text("code")));
    }

    [Fact]
    public async Task GiveFeedback_UnknownModel_IsRefused() =>
        await host.PostAsync("models/f-nowhere/feedback", """{"text":"hello","label":"greet"}""").ProblemAsync(404, "unknown-model");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;
}
