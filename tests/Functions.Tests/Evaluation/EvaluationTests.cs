using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using Droptune.Core.Datasets.Snapshots;
using Droptune.Core.Evaluation;
using Droptune.Core.Inference;
using Droptune.Core.Jobs;
using Droptune.Core.Storage;
using Droptune.Core.Stores;
using Droptune.Functions.Evaluation;
using Droptune.Functions.Ingestion;

namespace Droptune.Functions.Tests.Evaluation;

[Collection(nameof(LoopHost))]
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
    public async Task Evaluate_CandidateThatLost_IsJudgedAgainOnlyWhenSomethingIsDifferent()
    {
        var dataset = await DropAsync("e-lost");
        await host.AddModelAsync("e-lost", dataset: "e-lost", datasetVersion: dataset.Version!);
        await host.AddModelAsync("e-lost", Second, isServed: false, dataset: "e-lost", datasetVersion: dataset.Version!);
        var evaluation = host.Get<ModelEvaluation>();

        await evaluation.EvaluateAsync("e-lost", Cancellation);
        await evaluation.EvaluateAsync("e-lost", Cancellation);
        var once = await EvaluationsAsync("e-lost", 3);
        await host.DropAsync("e-lost/more.conll", Some.Conll(60, from: 60));
        await Wait.UntilAsync(async () =>
            await host.Get<DatasetStore>().FindAsync("e-lost", Cancellation) is { State: DatasetState.Accepted } record && record.Version != dataset.Version);
        await evaluation.EvaluateAsync("e-lost", Cancellation);
        var again = await EvaluationsAsync("e-lost", 5);

        Assert.Equal(["candidate", "production", "production"], once.Select(one => one.Text("role")).Order());
        Assert.Equal(2, again.Count(one => one.Text("role") == "candidate"));
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

    /// <summary>It answers all of dev rightly, having learned it; the models that had not answer worse than what is served.</summary>
    [Fact]
    public async Task Evaluate_CandidateTrainedOnDevThatIsWorseOnWhatWasHeldBack_IsNotPromoted()
    {
        var dataset = await DropAsync("e-devtrained");
        await host.AddModelAsync("e-devtrained", dataset: "e-devtrained", datasetVersion: dataset.Version!);
        var outOfFold = await AnswersWithoutEntitiesAsync("e-devtrained", dataset.Version!);
        await host.AddModelAsync("e-devtrained", Second, isServed: false, dataset: "e-devtrained", datasetVersion: dataset.Version!, outOfFold);

        await RequestAsync("e-devtrained");
        var evaluations = await EvaluationsAsync("e-devtrained", 2);

        var candidate = evaluations.Single(evaluation => evaluation.Text("version") == Second);
        Assert.False(candidate.GetProperty("promoted").GetBoolean());
        Assert.Equal(0, candidate.GetProperty("metrics").GetProperty("dev.f1").GetDouble());
        Assert.Equal(1, candidate.GetProperty("metrics").GetProperty("test.f1").GetDouble()); // of test it learned nothing: its own answers count
        Assert.Equal(TestModel.Version, (await host.Get<ModelStore>().FindAsync("e-devtrained", Cancellation))!.Production);
        var report = (await host.Get<DroptuneStorage>().Container(StorageNames.Reports).GetBlobClient(candidate.Text("report") + ".json").DownloadContentAsync(Cancellation)).Value.Content;
        var read = EvaluationReport.Read(report.ToString());
        Assert.True(read.DevTrained);
        Assert.StartsWith("Not better: ", read.Promotion!.Reason, StringComparison.Ordinal);
        Assert.Equal(outOfFold.Answers.Count, read.Splits[Split.Dev].Examples); // of train and dev
    }

    [Fact]
    public async Task Evaluate_UnknownModelOrGoneSnapshot_ChangesNothing()
    {
        await host.AddModelAsync("e-gone", isServed: false, dataset: "e-nowhere");

        await host.Get<ModelEvaluation>().EvaluateAsync("e-gone", Cancellation);
        await host.Get<ModelEvaluation>().EvaluateAsync("e-absent", Cancellation);

        Assert.Empty(await EvaluationsAsync("e-gone", 0));
    }

    [Fact]
    public async Task Evaluate_ModelWithoutFiles_GoesToThePoisonQueueAfterFiveTries()
    {
        var dataset = await DropAsync("e-files");
        // Not served: the host is shared, and its health tells of served models that do not load.
        await host.AddModelAsync("e-files", isServed: false, dataset: "e-files", datasetVersion: dataset.Version!);
        await host.Get<DroptuneStorage>().Container(StorageNames.Models)
            .DeleteBlobAsync(ModelStore.Folder("e-files", TestModel.Version) + "config.json", cancellationToken: Cancellation);

        await RequestAsync("e-files");

        var poison = await Wait.UntilAsync(async () =>
            (await host.Get<DroptuneStorage>().Queue(StorageNames.EvaluationRequests + StorageNames.PoisonSuffix).PeekMessagesAsync(32, Cancellation)).Value
            .FirstOrDefault(message => message.Body.ToString().Contains("e-files", StringComparison.Ordinal)));
        Assert.Equal(new EvaluationRequest("e-files"), poison.Body.ToObjectFromJson<EvaluationRequest>(DroptuneJson.Compact));
    }

    [Fact]
    public async Task Evaluate_DatasetHasGrown_IsDoneOnItAndOnTheVersionThatWasTrainedOn()
    {
        var trained = await DropAsync("e-grown");
        await host.AddModelAsync("e-grown", dataset: "e-grown", datasetVersion: trained.Version!);
        await host.DropAsync("e-grown/more.conll", Some.Conll(60, from: 60));
        var grown = await Wait.UntilAsync(async () =>
            await host.Get<DatasetStore>().FindAsync("e-grown", Cancellation) is { State: DatasetState.Accepted } record && record.Version != trained.Version ? record : null);

        await RequestAsync("e-grown");
        var report = await ReportAsync(Assert.Single(await EvaluationsAsync("e-grown", 1)));

        Assert.Equal((grown.Version, trained.Version), (report.DatasetVersion, report.TrainedOn?.DatasetVersion));
        Assert.Equal((grown.Counts!.Test, trained.Counts!.Test), (report.Splits[Split.Test].Examples, report.TrainedOn!.Splits[Split.Test].Examples));
    }

    [Fact]
    public async Task Evaluate_ServedModelIsWorseThanBefore_RaisesTheAlertAndNamesTheLabels()
    {
        var dataset = await DropAsync("e-drop");
        await host.AddModelAsync("e-drop", dataset: "e-drop", datasetVersion: dataset.Version!);
        await RequestAsync("e-drop");
        await EvaluationsAsync("e-drop", 1);
        await host.AddModelAsync("e-drop", Second, isServed: false, dataset: "e-drop", datasetVersion: dataset.Version!);
        await SwapLabelsAsync("e-drop", Second, "book", "greet");
        await SwapLabelsAsync("e-drop", Second, "refund", "other");
        await host.Get<ModelStore>().PromoteAsync("e-drop", Second, "by mistake", Cancellation);
        var drops = 0L;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "droptune.evaluation.drops")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, count, tags, _) => drops += tags.ToArray().Contains(new("model", "e-drop")) ? count : 0);
        listener.Start();

        await RequestAsync("e-drop");
        var last = (await EvaluationsAsync("e-drop", 2))[0];
        var report = await ReportAsync(last);

        Assert.True(last.GetProperty("dropped").GetBoolean());
        Assert.Equal(1, drops);
        var drop = report.Comparisons.Single(comparison => comparison is { Split: Split.Test, With: "previous" });
        Assert.True(drop.IsDrop);
        Assert.Equal(["book", "refund"], drop.Labels.Where(label => label.Before > label.After).Select(label => label.Label).Order());
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>To train and dev of a dataset version.</summary>
    private async Task<OutOfFoldAnswers> AnswersWithoutEntitiesAsync(string dataset, string version)
    {
        var answers = new Dictionary<string, OutOfFoldAnswer>();
        foreach (var split in new[] { Split.Train, Split.Dev })
        {
            var path = Path.GetTempFileName();
            await host.Get<DroptuneStorage>().Container(StorageNames.Snapshots)
                .GetBlobClient(SnapshotFile.Folder(dataset, version) + SnapshotFile.Of(split)).DownloadToAsync(path, Cancellation);
            foreach (var example in SnapshotReader.Read(path))
            {
                answers[OutOfFoldAnswers.KeyOf(PredictInput.Of(example))] = new() { Label = new("refund", 0.9f), Tags = [.. example.Tokens!.Select(_ => "O")], TagScores = [.. example.Tokens!.Select(_ => 1f)] };
            }

            File.Delete(path);
        }

        return new() { Folds = 5, Answers = answers };
    }

    private async Task<DatasetRecord> DropAsync(string dataset)
    {
        await host.DropAsync($"{dataset}/dataset.json", """{"train":false}""");
        await host.DropAsync($"{dataset}/train.conll", Some.Conll(60));
        return await Wait.UntilAsync(async () =>
            await host.Get<DatasetStore>().FindAsync(dataset, Cancellation) is { State: DatasetState.Accepted } record ? record : null);
    }

    private async Task<EvaluationReport> ReportAsync(JsonElement evaluation)
    {
        var blob = host.Get<DroptuneStorage>().Container(StorageNames.Reports).GetBlobClient($"{evaluation.Text("report")}.json");
        return EvaluationReport.Read((await blob.DownloadContentAsync(Cancellation)).Value.Content.ToString());
    }

    /// <summary>Makes a version say one text label where it means the other.</summary>
    private async Task SwapLabelsAsync(string model, string version, string one, string other)
    {
        var blob = host.Get<DroptuneStorage>().Container(StorageNames.Models).GetBlobClient(ModelStore.Folder(model, version) + "config.json");
        var config = JsonNode.Parse((await blob.DownloadContentAsync(Cancellation)).Value.Content)!;
        var labels = config["text_id2label"]!.AsObject();
        foreach (var (id, name) in labels.Select(label => (label.Key, label.Value!.GetValue<string>())).ToList())
        {
            labels[id] = name == one ? other : name == other ? one : name;
            config["text_label2id"]![labels[id]!.GetValue<string>()] = int.Parse(id, CultureInfo.InvariantCulture);
        }

        await blob.UploadAsync(BinaryData.FromString(config.ToJsonString()), overwrite: true, Cancellation);
    }

    private Task RequestAsync(string model) =>
        host.Get<DroptuneStorage>().SendAsync(StorageNames.EvaluationRequests, new EvaluationRequest(model), cancellationToken: Cancellation);

    private Task<List<JsonElement>> EvaluationsAsync(string model, int count) => Wait.UntilAsync(async () =>
    {
        var evaluations = await host.Http.GetAsync($"evaluations?model={model}", Cancellation).OkAsync();
        return evaluations.GetArrayLength() >= count ? evaluations.EnumerateArray().ToList() : null;
    });
}
