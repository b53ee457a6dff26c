using System.Net;
using System.Net.Http.Json;
using Azure.Storage.Queues;
using Droptune.Core.Storage;
using Droptune.Core.Stores;

namespace Droptune.Pipeline.Tests.Accounts;

/// <summary>
/// A version takes over the account of an earlier one as users have it, with work in every state: nothing is poisoned, nothing
/// trained twice, everything listed.
/// </summary>
public class EarlierAccountTests(EarlierAccount account) : IClassFixture<EarlierAccount>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Predict_ServedVersion_AnswersAsItDid()
    {
        var expected = account.Expected.GetProperty("served").Deserialize<Answer>(JsonSerializerOptions.Web)!;

        Assert.Equal((expected.Model, expected.Version), (account.FirstAnswer.Model, account.FirstAnswer.Version));
        Assert.Equal(expected.Predictions.Select(Words), account.FirstAnswer.Predictions.Select(Words));
        Assert.All(expected.Predictions.Zip(account.FirstAnswer.Predictions), pair =>
            Assert.Equal(pair.First.Label!.Score, pair.Second.Label!.Score, tolerance: 1e-3));
    }

    [Fact]
    public void Train_WaitingJobs_SucceedOnceUnderTheirIds()
    {
        Assert.All(account.Expected.GetProperty("waiting").EnumerateArray(), id =>
        {
            var run = Run(id.GetString()!);
            Assert.True(run.Text("state") == "Succeeded", run.ToString());
            Assert.Equal(1, run.GetProperty("attempt").GetInt32());
            Assert.Equal(run.Text("runId"), Assert.Single(Versions(run.Text("model")!)).Text("runId"));
        });
    }

    [Fact]
    public async Task Train_RunOfAKilledWorker_GoesOnFromItsCheckpoint()
    {
        var killed = account.Expected.GetProperty("killed");
        var run = Run(killed.Text("runId")!);
        Assert.True(run.Text("state") == "Succeeded", run.ToString());

        var folder = ModelStore.Folder("killed", run.Text("modelVersion")!);
        var models = account.Storage.Container(StorageNames.Models);
        var record = await models.GetBlobClient($"{folder}training.json").DownloadContentAsync(Cancellation);
        var epochs = JsonElement.Parse(record.Value.Content).GetProperty("curve").EnumerateArray().ToList();

        // How long an epoch took never comes out the same again: these were not trained anew.
        var before = killed.GetProperty("epochs").EnumerateArray().ToList();
        Assert.Equal(before.Select(Timed), epochs.Take(before.Count).Select(Timed));
        Assert.InRange(before.Count, 1, epochs.Count - 1);
        Assert.Equal(Enumerable.Range(1, 60), epochs.Select(epoch => epoch.GetProperty("epoch").GetInt32()));
        Assert.Equal(2, run.GetProperty("attempt").GetInt32());
        Assert.False(await models.GetBlobClient($"{folder}checkpoint.tar").ExistsAsync(Cancellation));
    }

    [Fact]
    public void List_Runs_AreThoseThatWere()
    {
        var before = account.Expected.GetProperty("runs").EnumerateArray().ToList();

        Assert.Equal(before.Select(run => run.Text("runId")).Order(), account.Runs.EnumerateArray().Select(run => run.Text("runId")).Order());
        Assert.All(before.Where(run => run.Text("state") is not ("Queued" or "Running")), run => Assert.Equal(Ending(run), Ending(Run(run.Text("runId")!))));
    }

    [Fact]
    public async Task List_Datasets_HaveTheirVerdicts()
    {
        foreach (var before in account.Expected.GetProperty("datasets").EnumerateArray())
        {
            var dataset = account.Datasets.EnumerateArray().Single(now => now.Text("dataset") == before.Text("dataset"));
            var isNew = before.Text("state") == "Validating"; // dropped, and not looked at by the earlier version

            Assert.Equal(isNew ? "Accepted" : before.Text("state"), dataset.Text("state"));
            // What is rejected is looked at again, and its version covers what is found, which is this version's.
            Assert.Equal(dataset.Text("state") == "Accepted" && !isNew ? before.Text("version") : dataset.Text("version"), dataset.Text("version"));
            Assert.Equal(before.Text("runId"), dataset.Text("runId"));
            using var one = await account.UntilAsync($"datasets/{before.Text("dataset")}", _ => true);
            Assert.Equal(dataset.Text("state") == "Rejected", one.RootElement.GetProperty("findings").EnumerateArray().Any(finding => finding.Text("severity") == "error"));
        }
    }

    [Fact]
    public async Task List_VersionsAndEvaluations_HoldThoseThatWere()
    {
        Assert.All(account.Expected.GetProperty("models").EnumerateArray(), before =>
        {
            var model = account.Models.EnumerateArray().Single(now => now.Text("model") == before.Text("model"));
            Assert.Equal(before.Text("production"), model.Text("production"));
            Assert.Equal(History(before), History(model));
            Assert.Equal(
                before.GetProperty("versions").EnumerateArray().Select(Scored),
                model.GetProperty("versions").EnumerateArray().Select(Scored));
        });

        using var evaluations = await account.UntilAsync("evaluations?model=shop", _ => true);
        foreach (var before in account.Expected.GetProperty("evaluations").EnumerateArray())
        {
            Assert.Contains(Scored(before), evaluations.RootElement.EnumerateArray().Select(Scored));
            var utc = before.Text("report")!.Split("evaluation-")[1];
            using var report = await account.UntilAsync($"evaluations/{before.Text("model")}/{before.Text("version")}/{utc}", _ => true);
            Assert.Equal(before.Text("version"), report.RootElement.Text("version"));
        }
    }

    [Fact]
    public async Task List_UncertainTexts_AreThoseThatWere()
    {
        using var uncertain = await account.UntilAsync("models/shop/uncertain", _ => true);
        using var traffic = await account.UntilAsync("models/shop/traffic", _ => true);

        var asked = account.Expected.GetProperty("served").GetProperty("inputs").EnumerateArray().Select(text => text.GetString());
        Assert.Superset(asked.ToHashSet(), uncertain.RootElement.EnumerateArray().Select(text => text.Text("text")).ToHashSet());
    }

    [Fact]
    public async Task Request_SameSpecAgain_IsTheRunThatWas()
    {
        foreach (var request in account.Expected.GetProperty("requests").EnumerateArray())
        {
            var before = Run(request.Text("runId")!);
            using var content = JsonContent.Create(request.GetProperty("body"));

            using var response = await account.Http.PostAsync("runs", content, Cancellation);

            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancellation));
            var run = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
            Assert.Equal(before.Text("runId"), run.Text("runId"));
            Assert.Equal((HttpStatusCode.OK, Ending(before)), (response.StatusCode, Ending(run)));
        }
    }

    [Fact]
    public async Task Fold_WaitingCorrections_AreLearntInTheNextVersion()
    {
        var before = account.Expected.GetProperty("feedback");
        using var review = await account.UntilAsync("datasets/shop/feedback", _ => true);
        Assert.Equal(Corrections(before), Corrections(review.RootElement));

        using var response = await account.Http.PostAsync("datasets/shop/feedback/fold", null, Cancellation);
        var fold = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        var (ready, folded) = Corrections(before);
        Assert.Equal((0, ready + folded), Corrections(fold));

        var counts = account.Expected.GetProperty("datasets").EnumerateArray().Single(dataset => dataset.Text("dataset") == "shop").GetProperty("counts");
        var version = await account.TrainedVersionAsync("shop", ready + new[] { "train", "dev", "test" }.Sum(split => counts.GetProperty(split).GetInt32()));
        Assert.DoesNotContain(version, Versions("shop").Select(one => one.Text("version")));
    }

    [Fact]
    public async Task Receive_WaitingMessages_PoisonsNone()
    {
        var queues = new QueueServiceClient(account.Connection);
        var names = await queues.GetQueuesAsync(cancellationToken: Cancellation).Select(queue => queue.Name).ToListAsync(Cancellation);
        var poison = names.Where(name => name.EndsWith(StorageNames.PoisonSuffix, StringComparison.Ordinal)).ToList();
        var given = await Task.WhenAll(poison.Select(async name => (await queues.GetQueueClient(name).PeekMessagesAsync(32, Cancellation)).Value));

        Assert.Superset(StorageNames.Queues.Select(name => name + StorageNames.PoisonSuffix).ToHashSet(), poison.ToHashSet());
        Assert.Empty(given.SelectMany(messages => messages).Select(message => message.Body.ToString()));
    }

    private JsonElement Run(string runId) => account.Runs.EnumerateArray().Single(run => run.Text("runId") == runId);

    private JsonElement.ArrayEnumerator Versions(string model) =>
        account.Models.EnumerateArray().Single(one => one.Text("model") == model).GetProperty("versions").EnumerateArray();

    private static string Words(Prediction prediction) =>
        $"{prediction.Label!.Name} {string.Join(", ", prediction.Entities!.Select(entity => $"{entity.Label} {entity.Start}-{entity.End} {entity.Text}"))}";

    private static string Timed(JsonElement epoch) => $"{epoch.GetProperty("epoch")}: loss {epoch.GetProperty("loss")} in {epoch.GetProperty("seconds")} s";

    private static string Ending(JsonElement run) =>
        $"{run.Text("model")} {run.Text("state")} {run.GetProperty("attempt")} {run.Text("finishedAt")} {run.Text("modelVersion")}";

    private static IEnumerable<string> History(JsonElement model) =>
        model.GetProperty("history").EnumerateArray().Select(promotion => $"{promotion.Text("at")} {promotion.Text("version")} {promotion.Text("reason")}");

    // Later versions may add scores; those that were there stay as they are.
    private static string Scored(JsonElement evaluated)
    {
        var metrics = evaluated.GetProperty("metrics");
        return $"{evaluated.Text("version")} {evaluated.Text("datasetVersion")} {metrics.GetProperty("dev.f1")} {metrics.GetProperty("dev.accuracy")}";
    }

    private static (int Ready, int Folded) Corrections(JsonElement feedback) => (feedback.GetProperty("ready").GetInt32(), feedback.GetProperty("folded").GetInt32());
}
