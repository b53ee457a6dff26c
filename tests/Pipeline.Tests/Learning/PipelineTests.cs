using System.Diagnostics;
using Azure.Storage.Queues;
using Droptune.Core.Storage;

namespace Droptune.Pipeline.Tests.Learning;

/// <summary>The product as its users see it: files dropped into a container, answers over HTTP.</summary>
public class PipelineTests(LocalApp app) : DropToPredictionTests(app), IClassFixture<LocalApp>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Drop_BrokenFile_IsRejectedWithItsLine()
    {
        await app.DropAsync("broken/train.conll", "please\tO\npaint\tO\n\nthe wall\nred\tB-colour\n");

        using var verdict = await app.UntilAsync("datasets/broken", answer => answer.Text("state") == "Rejected");

        var finding = Assert.Single(
            verdict.RootElement.GetProperty("findings").EnumerateArray(),
            finding => finding.TryGetProperty("line", out var line) && line.GetInt64() == 4);
        Assert.Equal(("train.conll", "error"), (finding.Text("file"), finding.Text("severity")));
    }

    [Fact]
    public async Task Drop_BetterVersion_TakesOverWithoutAFailedRequest()
    {
        await app.DropAsync("switch/dataset.json", PaintShop.Manifest(epochs: 1));
        await app.DropAsync("switch/train.conll", PaintShop.Conll(PaintShop.Sentences(20, seed: 1)));
        await app.DropAsync("switch/dev.conll", PaintShop.Conll(PaintShop.Sentences(40, seed: 2)));
        await app.DropAsync("switch/test.conll", PaintShop.Conll(PaintShop.Sentences(40, seed: 3)));
        var first = await app.TrainedVersionAsync("switch", examples: 100);
        using var served = await app.UntilAsync("models/switch", answer => answer.Text("production") == first);
        string? awaited = null;
        var asking = AskUntilAsync("switch", version => version == Volatile.Read(ref awaited));

        await app.DropAsync("switch/dataset.json", PaintShop.Manifest(epochs: 25));
        await app.DropAsync("switch/train.conll", PaintShop.Conll(PaintShop.Sentences(200, seed: 1)));
        var second = await app.TrainedVersionAsync("switch", examples: 280);
        Volatile.Write(ref awaited, second);
        var versions = await asking; // throws if a request failed

        Assert.NotEqual(first, second);
        Assert.Equal([first, second], versions.Distinct());
        Assert.DoesNotContain(first, versions.SkipWhile(version => version == first));
    }

    [Fact]
    public async Task Send_JobThatIsNoJson_GoesToPoisonAndTheWorkerGoesOn()
    {
        var poison = app.Storage.Queue(StorageNames.TrainingJobs + StorageNames.PoisonSuffix);
        QueueClient jobs = app.Storage.Queue(StorageNames.TrainingJobs);
        await LocalApp.UntilAsync(async () => await jobs.ExistsAsync(Cancellation) ? "ready" : null);

        await jobs.SendMessageAsync("train, please", Cancellation);

        var message = await LocalApp.UntilAsync(async () =>
            (await poison.PeekMessagesAsync(maxMessages: 32, Cancellation)).Value.FirstOrDefault(peeked => peeked.Body.ToString().Contains("train, please", StringComparison.Ordinal)));
        Assert.Contains("no job spec", message.Body.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kill_WorkerInTraining_TheRunGoesOnWithTheNextOne()
    {
        await app.DropAsync("killed/dataset.json", PaintShop.Manifest(epochs: 30));
        await app.DropAsync("killed/train.conll", PaintShop.Conll(PaintShop.Sentences(200, seed: 4)));
        using var verdict = await app.UntilAsync("datasets/killed", answer => answer.Text("runId") is not null);
        var run = $"runs/{verdict.RootElement.Text("runId")}";
        using var running = await app.UntilAsync(run, answer => answer.TryGetProperty("progress", out var progress) && progress.Text("stage") == "training");

        using (var worker = Process.GetProcessById(app.WorkerId!.Value))
        {
            worker.Kill();
        }

        using var ended = await app.UntilAsync(run, answer => answer.Text("state") is "Succeeded" or "Failed");
        Assert.Equal("Succeeded", ended.RootElement.Text("state"));
        Assert.InRange(ended.RootElement.GetProperty("attempt").GetInt32(), 2, int.MaxValue);
    }

    /// <summary>Asks one request after the other until a version answers; every one must be answered.</summary>
    private async Task<IReadOnlyList<string>> AskUntilAsync(string model, Func<string, bool> isIt)
    {
        var versions = new List<string>();
        await LocalApp.UntilAsync(async () =>
        {
            versions.Add((await app.PredictAsync(model, ["please paint the door red"])).Version);
            return isIt(versions[^1]) ? versions : null;
        });
        return versions;
    }
}
