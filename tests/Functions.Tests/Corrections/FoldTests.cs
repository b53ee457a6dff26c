using Droptune.Core.Storage;
using Droptune.Functions.Corrections.Folding;
using Droptune.Functions.Ingestion;

namespace Droptune.Functions.Tests.Corrections;

/// <summary>Corrections on their way into the dataset that their model learns from.</summary>
[Collection(nameof(LoopHost))]
public class FoldTests(LocalHostFixture host)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"text":"to Paris","entities":[],"label":"fly"}""", "label-not-in-train", "book, refund")]
    [InlineData("""{"text":"to Paris","entities":[{"label":"town","start":3,"end":8}],"label":"book"}""", "label-not-in-train", "city")]
    [InlineData("""{"text":"to Paris","label":"book"}""", "missing-tags", "")]
    [InlineData("""{"text":"to Paris","entities":[]}""", "missing-label", "")]
    public async Task GiveFeedback_WhatDoesNotFitTheDataset_IsRefused(string body, string code, string names)
    {
        await DatasetAsync("fold-check");

        var problem = await host.PostAsync("models/fold-check/feedback", body).ProblemAsync(422, "invalid-feedback");

        var finding = Assert.Single(problem.GetProperty("findings").EnumerateArray());
        Assert.Equal(code, finding.Text("code"));
        Assert.Contains(names, finding.Text("message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fold_Corrections_BecomeTrainExamplesOfTheNextVersion()
    {
        var before = await DatasetAsync("fold-into");
        var sent = await host.PostAsync("models/fold-into/feedback", """{"text":"😀 to Paris 😀","entities":[{"label":"city","start":6,"end":11}],"label":"book"}""").OkAsync();
        await host.PostAsync("models/fold-into/feedback", """{"text":"give me it back","entities":[],"label":"refund"}""").OkAsync();

        var fold = await host.PostAsync("datasets/fold-into/feedback/fold", "").OkAsync();
        var again = await host.PostAsync("datasets/fold-into/feedback/fold", "").OkAsync();
        var after = await Wait.UntilAsync(async () =>
            await host.Get<DatasetStore>().FindAsync("fold-into", Cancellation) is { State: DatasetState.Accepted } record && record.Version != before.Version ? record : null);

        Assert.Equal(("waiting", "fold-into"), (sent.Text("state"), sent.Text("dataset")));
        Assert.Matches(@"^fold-into/feedback-\d{4}-\d\d-\d\d\.jsonl$", fold.Text("file"));
        Assert.Equal((0, 2), (fold.GetProperty("ready").GetInt32(), fold.GetProperty("folded").GetInt32()));
        Assert.False(again.TryGetProperty("file", out _));
        Assert.Equal(before.Counts! with { Train = before.Counts.Train + 2 }, after.Counts);
        var resent = await host.PostAsync("models/fold-into/feedback", """{"text":"give me it back","entities":[],"label":"refund"}""").OkAsync();
        Assert.Equal("folded", resent.Text("state"));
    }

    [Fact]
    public async Task Fold_SeveralLabels_BecomeTrainExamplesOfTheNextVersion()
    {
        var lines = string.Concat(Enumerable.Range(0, 60).Select(i => $$"""{"text":"parcel {{i}}","labels":{{(i % 3 == 0 ? "[]" : i % 3 == 1 ? "[\"late\"]" : "[\"late\",\"rude\"]")}}}""" + "\n"));
        var before = await DatasetAsync("fold-several", """{"train":false,"task":"multi-label-classification"}""", "train.jsonl", lines);
        var single = await host.PostAsync("models/fold-several/feedback", """{"text":"so late","label":"late"}""").ProblemAsync(422, "invalid-feedback");
        var unknown = await host.PostAsync("models/fold-several/feedback", """{"text":"so late","labels":["late","wet"]}""").ProblemAsync(422, "invalid-feedback");
        await host.PostAsync("models/fold-several/feedback", """{"text":"rude and late","labels":["rude","late"]}""").OkAsync();
        await host.PostAsync("models/fold-several/feedback", """{"text":"all fine","labels":[]}""").OkAsync();
        await host.PostAsync("models/fold-several/feedback", """{"text":"parcel 3","labels":["rude"]}""").OkAsync(); // the dataset says that none holds

        var fold = await host.PostAsync("datasets/fold-several/feedback/fold", "").OkAsync();
        var after = await Wait.UntilAsync(async () =>
            await host.Get<DatasetStore>().FindAsync("fold-several", Cancellation) is { State: DatasetState.Accepted } record && record.Version != before.Version ? record : null);

        Assert.Equal("missing-label", Assert.Single(single.GetProperty("findings").EnumerateArray()).Text("code"));
        Assert.Equal("label-not-in-train", Assert.Single(unknown.GetProperty("findings").EnumerateArray()).Text("code"));
        Assert.Equal("contradicting-labels", Assert.Single(fold.GetProperty("problems").EnumerateArray()).Text("code"));
        Assert.Equal(before.Counts! with { Train = before.Counts.Train + 2 }, after.Counts);
        Assert.Equal(TaskKind.MultiLabelClassification, after.Task);
    }

    [Fact]
    public async Task Fold_TextsAnsweredInTwoWays_AreReportedAndStayOut()
    {
        await DatasetAsync("fold-against");
        await host.PostAsync("models/fold-against/feedback", """{"text":"to Rome","entities":[],"label":"book"}""").OkAsync();
        await host.PostAsync("models/fold-against/feedback", """{"text":"To  Rome","entities":[],"label":"refund"}""").OkAsync();
        await host.PostAsync("models/fold-against/feedback", """{"text":"book flight0 to Berlin","entities":[],"label":"book"}""").OkAsync();
        await host.PostAsync("models/fold-against/feedback", """{"text":"Refund my ticket1","entities":[],"label":"refund"}""").OkAsync(); // as the dataset has it

        var review = await host.Http.GetAsync("datasets/fold-against/feedback", Cancellation).OkAsync();
        var fold = await host.PostAsync("datasets/fold-against/feedback/fold", "").OkAsync();

        Assert.Equal(0, review.GetProperty("ready").GetInt32());
        Assert.False(fold.TryGetProperty("file", out _));
        Assert.Equal(1, fold.GetProperty("folded").GetInt32());
        var problems = fold.GetProperty("problems").EnumerateArray().ToList();
        Assert.All(problems, problem => Assert.Equal("contradicting-labels", problem.Text("code")));
        Assert.Equal([1, 2], problems.Select(problem => problem.GetProperty("blobs").GetArrayLength()).Order());
    }

    [Fact]
    public async Task FoldAll_FewerThanEnough_Wait()
    {
        await DatasetAsync("fold-few");
        await host.PostAsync("models/fold-few/feedback", """{"text":"to Rome","entities":[],"label":"book"}""").OkAsync();

        await host.Get<CorrectionFold>().FoldAllAsync(Cancellation);

        var review = await host.Http.GetAsync("datasets/fold-few/feedback", Cancellation).OkAsync();
        Assert.Equal((1, 20), (review.GetProperty("ready").GetInt32(), review.GetProperty("minimum").GetInt32()));
    }

    [Fact]
    public async Task FoldAll_Enough_AreFoldedOnceByTwoTimersAtOnce()
    {
        await DatasetAsync("fold-many");
        for (var i = 0; i < 20; i++)
        {
            await host.PostAsync("models/fold-many/feedback", $$"""{"text":"take me to town {{i}}","entities":[],"label":"book"}""").OkAsync();
        }

        await Task.WhenAll(host.Get<CorrectionFold>().FoldAllAsync(Cancellation), host.Get<CorrectionFold>().FoldAllAsync(Cancellation));

        var blobs = host.Get<DroptuneStorage>().Container(StorageNames.Datasets)
            .GetBlobsAsync(new Azure.Storage.Blobs.Models.GetBlobsOptions { Prefix = "fold-many/feedback" }, Cancellation);
        var file = Assert.Single(await blobs.ToListAsync(Cancellation));
        var content = await host.Get<DroptuneStorage>().Container(StorageNames.Datasets).GetBlobClient(file.Name).DownloadContentAsync(Cancellation);
        Assert.Equal(20, content.Value.Content.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct().Count());
    }

    [Fact]
    public async Task Fold_DatasetThatIsNotThere_IsRefused() =>
        await host.PostAsync("datasets/fold-nowhere/feedback/fold", "").ProblemAsync(404, "unknown-dataset");

    /// <summary>An accepted dataset of bookings and refunds, and a model that learns from it.</summary>
    private Task<DatasetRecord> DatasetAsync(string name) => DatasetAsync(name, """{"train":false}""", "train.conll", Some.Conll(60));

    private async Task<DatasetRecord> DatasetAsync(string name, string manifest, string file, string content)
    {
        await host.AddModelAsync(name, dataset: name);
        if (await host.Get<DatasetStore>().FindAsync(name, Cancellation) is { State: DatasetState.Accepted } there)
        {
            return there;
        }

        await host.DropAsync($"{name}/dataset.json", manifest);
        await host.DropAsync($"{name}/{file}", content);
        return await Wait.UntilAsync(async () =>
            await host.Get<DatasetStore>().FindAsync(name, Cancellation) is { State: DatasetState.Accepted } record ? record : null);
    }
}
