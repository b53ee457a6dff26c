using System.Text.Json;
using Droptune.Core;
using Droptune.Core.Jobs;
using Droptune.Core.Storage;

namespace Droptune.Functions.Tests.Pipeline;

[Collection(nameof(SharedHost))]
public class EvaluationTests(LocalHostFixture host)
{
    private const string Second = "ba9876543210";

    [Fact]
    public async Task Evaluate_NothingServedYet_PromotesTheCandidate()
    {
        var dataset = await DropAsync("e-first");
        await host.AddModelAsync("e-first", isServed: false, dataset: "e-first", datasetVersion: dataset.Version!);

        await RequestAsync("e-first");
        var evaluation = Assert.Single(await EvaluationsAsync("e-first", 1));

        Assert.Equal((TestModel.Version, "candidate", true), (evaluation.Text("version"), evaluation.Text("role"), evaluation.GetProperty("promoted").GetBoolean()));
        Assert.Equal(TestModel.Version, (await host.Get<ModelStore>().FindAsync("e-first", Cancellation))!.Production);
        Assert.Equal(1, evaluation.GetProperty("metrics").GetProperty("test.f1").GetDouble());
        var reports = host.Get<DroptuneStorage>().Container(StorageNames.Reports);
        foreach (var extension in new[] { "json", "md", "html" })
        {
            Assert.True(await reports.GetBlobClient($"{evaluation.Text("report")}.{extension}").ExistsAsync(Cancellation));
        }
    }

    [Fact]
    public async Task Evaluate_CandidateThatIsNotBetter_IsNotPromoted()
    {
        var dataset = await DropAsync("e-second");
        await host.AddModelAsync("e-second", dataset: "e-second", datasetVersion: dataset.Version!);
        await host.AddModelAsync("e-second", Second, isServed: false, dataset: "e-second", datasetVersion: dataset.Version!);

        await RequestAsync("e-second");
        var evaluations = await EvaluationsAsync("e-second", 2);

        Assert.Equal(["candidate", "production"], evaluations.Select(evaluation => evaluation.Text("role")).Order());
        Assert.Equal(TestModel.Version, (await host.Get<ModelStore>().FindAsync("e-second", Cancellation))!.Production);
    }

    [Fact]
    public async Task Evaluate_VersionThatWasTakenBack_IsNoCandidateAgain()
    {
        var dataset = await DropAsync("e-back");
        await host.AddModelAsync("e-back", dataset: "e-back", datasetVersion: dataset.Version!);
        await host.AddModelAsync("e-back", Second, dataset: "e-back", datasetVersion: dataset.Version!);
        await host.Get<ModelStore>().PromoteAsync("e-back", TestModel.Version, "back", Cancellation);

        await RequestAsync("e-back");
        var evaluation = Assert.Single(await EvaluationsAsync("e-back", 1));

        Assert.Equal((TestModel.Version, "production"), (evaluation.Text("version"), evaluation.Text("role")));
    }

    [Fact]
    public async Task Evaluate_UnknownModelOrGoneSnapshot_ChangesNothing()
    {
        await host.AddModelAsync("e-gone", isServed: false, dataset: "e-nowhere");

        await host.Get<Core.Pipeline.ModelEvaluation>().EvaluateAsync("e-gone", Cancellation);
        await host.Get<Core.Pipeline.ModelEvaluation>().EvaluateAsync("e-absent", Cancellation);

        Assert.Empty(await EvaluationsAsync("e-gone", 0));
    }

    [Fact]
    public async Task Evaluate_ModelWithoutFiles_GoesToThePoisonQueueAfterFiveTries()
    {
        var dataset = await DropAsync("e-files");
        await host.AddModelAsync("e-files", dataset: "e-files", datasetVersion: dataset.Version!);
        await host.Get<DroptuneStorage>().Container(StorageNames.Models)
            .DeleteBlobAsync(ModelStore.Folder("e-files", TestModel.Version) + "config.json", cancellationToken: Cancellation);

        await RequestAsync("e-files");

        var poison = await Wait.UntilAsync(async () =>
            (await host.Get<DroptuneStorage>().Queue(StorageNames.EvaluationRequests + StorageNames.PoisonSuffix).PeekMessagesAsync(32, Cancellation)).Value
            .FirstOrDefault(message => message.Body.ToString().Contains("e-files", StringComparison.Ordinal)));
        Assert.Equal(new EvaluationRequest("e-files"), poison.Body.ToObjectFromJson<EvaluationRequest>(DroptuneJson.Compact));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private async Task<DatasetRecord> DropAsync(string dataset)
    {
        await host.DropAsync($"{dataset}/dataset.json", """{"train":false}""");
        await host.DropAsync($"{dataset}/train.conll", Some.Conll(60));
        return await Wait.UntilAsync(async () =>
            await host.Get<DatasetStore>().FindAsync(dataset, Cancellation) is { State: DatasetState.Accepted } record ? record : null);
    }

    private Task RequestAsync(string model) =>
        host.Get<DroptuneStorage>().SendAsync(StorageNames.EvaluationRequests, new EvaluationRequest(model), cancellationToken: Cancellation);

    private Task<List<JsonElement>> EvaluationsAsync(string model, int count) => Wait.UntilAsync(async () =>
    {
        var evaluations = await host.Http.GetAsync($"evaluations?model={model}", Cancellation).OkAsync();
        return evaluations.GetArrayLength() >= count ? evaluations.EnumerateArray().ToList() : null;
    });
}
