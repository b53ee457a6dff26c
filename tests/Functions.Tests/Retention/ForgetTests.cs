using System.IO.Compression;
using Azure.Core;
using Azure.Storage.Blobs.Models;
using Droptune.Core.Inference;
using Droptune.Core.Storage;
using Droptune.Core.Stores;
using Droptune.Functions.Corrections;
using Droptune.Functions.Corrections.Folding;
using Droptune.Functions.Evaluation;
using Droptune.Functions.Hosting;
using Droptune.Functions.Ingestion;
using Droptune.Functions.Monitoring.Uncertain;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Droptune.Functions.Tests.Retention;

[Collection(nameof(LoopHost))]
public class ForgetTests(LocalHostFixture host)
{
    private const string Text = "Zaphod Beeblebrox wants his towel";

    [Fact]
    public async Task ForgetText_EverywhereInTheAccount_IsRemovedOrListedAndStaysOut()
    {
        await host.DropAsync("f-all/dataset.json", """{"train":false}""");
        await host.DropAsync("f-all/train.conll", Some.Conll(40));
        await host.DropAsync("f-all/dev.jsonl", Line(Text, "refund") + Line(Text, "refund") + Line("book a flight", "book")); // a copy is a finding that quotes it
        await host.DropAsync("f-all/unlabelled.txt", "Zaphod  Beeblebrox wants his TOWEL\nsomething else\n");
        var dataset = await AcceptedAsync("f-all", version: null);
        await host.AddModelAsync("f-all", dataset: "f-all", datasetVersion: dataset.Version!);
        await host.Get<ModelEvaluation>().EvaluateAsync("f-all", Cancellation);
        await host.PostAsync("models/f-all/feedback", $$"""{"text":"{{Text}}","label":"refund","entities":[]}""").OkAsync();
        await host.PostAsync("models/f-all/feedback", """{"text":"something else","label":"refund","entities":[]}""").OkAsync();
        await PutAsync(StorageNames.Uncertain, "f-all/0.1000-0.json", new UncertainText { Text = Text, Version = "0", At = DateTimeOffset.UnixEpoch, Score = 0.1f, Label = new PredictedLabel("refund", 0.1f) });
        foreach (var container in new[] { StorageNames.Feedback, StorageNames.Uncertain, StorageNames.Reports })
        {
            Assert.NotEmpty(await MentioningAsync(container)); // else the test would show nothing
        }

        var report = await host.PostAsync("texts/forget", $$"""{"text":"  zaphod beeblebrox wants his towel"}""").OkAsync();
        foreach (var container in new[] { StorageNames.Feedback, StorageNames.Uncertain, StorageNames.Reports })
        {
            Assert.Empty(await MentioningAsync(container));
        }

        var held = report.GetProperty("held").EnumerateArray().Select(one => (one.Text("by"), one.Text("name"), one.Text("command"))).ToList();
        Assert.Equal(
            [
                ("dropped-file", "datasets/f-all/dev.jsonl"), ("dropped-file", "datasets/f-all/unlabelled.txt"), ("model-version", $"f-all/{TestModel.Version}"),
                ("snapshot", $"snapshots/f-all/{dataset.Version}/"),
            ],
            held.Select(one => (one.Item1, one.Item2)).Order());
        Assert.All(held, one => Assert.Contains(one.Item2!.Trim('/').Split('/')[^1], one.Item3, StringComparison.Ordinal));
        Assert.Equal(4, report.GetProperty("removed").GetArrayLength()); // a correction, a text to label, two reports
        Assert.Single(await NamesAsync(StorageNames.Feedback, "f-all/"));

        await host.DropAsync("f-all/train-more.conll", Some.Conll(20, from: 60));
        var next = await AcceptedAsync("f-all", dataset.Version);
        var shown = await host.Http.GetAsync("datasets/f-all", Cancellation).OkAsync();

        Assert.Equal(dataset.Counts!.Dev - 2, next.Counts!.Dev);
        Assert.Equal(3, shown.GetProperty("totals").EnumerateArray().Single(total => total.Text("code") == "forgotten-text").GetProperty("count").GetInt32());
        Assert.Empty(await MentioningAsync(StorageNames.Reports));
        foreach (var file in await NamesAsync(StorageNames.Snapshots, $"f-all/{next.Version}/"))
        {
            Assert.DoesNotContain("zaphod", await ReadAsync(file), StringComparison.OrdinalIgnoreCase);
        }

        // Nor does it come back, by an evaluation on the old snapshot, a caller, or who corrects it again.
        await host.Get<ModelStore>().PromoteAsync("f-all", TestModel.Version, "test", Cancellation);
        await host.Get<ModelEvaluation>().EvaluateAsync("f-all", Cancellation);
        var refused = await host.PostAsync("models/f-all/feedback", $$"""{"text":"{{Text}}","label":"refund","entities":[]}""").ProblemAsync(422, "invalid-feedback");
        var uncertain = new UncertainStore(host.Get<DroptuneStorage>(), host.Get<ForgottenTexts>(), Options.Create(new UncertainOptions { Most = 9 }), TimeProvider.System);
        await uncertain.AddAsync("f-all", [new UncertainText { Text = Text, Version = "0", At = TimeProvider.System.GetUtcNow(), Score = 0.1f }], Cancellation);

        Assert.Contains("forgotten-text", refused.ToString(), StringComparison.Ordinal);
        foreach (var container in new[] { StorageNames.Feedback, StorageNames.Uncertain, StorageNames.Reports })
        {
            Assert.Empty(await MentioningAsync(container));
        }
    }

    /// <summary>Forgotten between the fold's look at the corrections and its file.</summary>
    [Fact]
    public async Task ForgetText_WhileItsCorrectionIsFolded_IsInNoFile()
    {
        const string gone = "marvin wants a refund";
        await host.DropAsync("f-fold/dataset.json", """{"train":false}""");
        await host.DropAsync("f-fold/train.conll", Some.Conll(40));
        var dataset = await AcceptedAsync("f-fold", version: null);
        await host.AddModelAsync("f-fold", dataset: "f-fold", datasetVersion: dataset.Version!);
        foreach (var text in new[] { gone, "somebody else wants a refund" })
        {
            await host.PostAsync("models/f-fold/feedback", $$"""{"text":"{{text}}","label":"refund","entities":[]}""").OkAsync();
        }

        var interruption = new Interruption();
        var storage = interruption.Storage(host.Connection);
        var fold = new CorrectionFold(
            storage, host.Get<CorrectionStore>(), host.Get<ForgottenTexts>(), host.Get<DatasetStore>(), host.Get<ModelStore>(),
            host.Get<IOptions<PipelineOptions>>(), TimeProvider.System, NullLogger<CorrectionFold>.Instance);
        interruption.Before(
            request => request.Method == RequestMethod.Put && request.Uri.ToString().Contains("feedback-", StringComparison.Ordinal),
            () => host.PostAsync("texts/forget", $$"""{"text":"{{gone}}"}""").OkAsync());

        var report = await fold.FoldAsync("f-fold", minimum: 1, Cancellation);

        var content = await host.Get<DroptuneStorage>().Container(StorageNames.Datasets).TryReadAsync(report!.File!, Cancellation);
        Assert.Contains("somebody else", content!.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("marvin", content.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"text":" "}""")]
    [InlineData("""{}""")]
    [InlineData("""{"text":null}""")]
    public async Task ForgetText_NoText_IsRefused(string body) => await host.PostAsync("texts/forget", body).ProblemAsync(422, "invalid-value");

    private static string Line(string text, string label) => $$"""{"text":"{{text}}","label":"{{label}}","entities":[]}""" + "\n";

    private Task<DatasetRecord> AcceptedAsync(string dataset, string? version) => Wait.UntilAsync(async () =>
        await host.Get<DatasetStore>().FindAsync(dataset, Cancellation) is { State: DatasetState.Accepted } record && record.Version != version
        && record.Fingerprint == (await DatasetFiles.ListAsync(host.Get<DroptuneStorage>(), dataset, Cancellation)).Fingerprint ? record : null);

    private async Task<IReadOnlyList<string>> MentioningAsync(string container)
    {
        var mentioning = new List<string>();
        foreach (var name in await NamesAsync(container, "f-all/"))
        {
            var content = await host.Get<DroptuneStorage>().Container(container).GetBlobClient(name).DownloadContentAsync(Cancellation);
            if (content.Value.Content.ToString().Contains("Beeblebrox", StringComparison.OrdinalIgnoreCase))
            {
                mentioning.Add(name);
            }
        }

        return mentioning;
    }

    private async Task<string> ReadAsync(string snapshotFile)
    {
        await using var blob = await host.Get<DroptuneStorage>().Container(StorageNames.Snapshots).GetBlobClient(snapshotFile).OpenReadAsync(cancellationToken: Cancellation);
        using var lines = new StreamReader(new GZipStream(blob, CompressionMode.Decompress));
        return await lines.ReadToEndAsync(Cancellation);
    }

    private Task PutAsync<T>(string container, string name, T content) =>
        host.Get<DroptuneStorage>().Container(container).PutAsync(name, "application/json", BinaryData.FromObjectAsJson(content, DroptuneJson.Compact), Cancellation);

    private async Task<IReadOnlyList<string>> NamesAsync(string container, string prefix) =>
        await host.Get<DroptuneStorage>().Container(container).GetBlobsAsync(new GetBlobsOptions { Prefix = prefix }, Cancellation)
            .Select(blob => blob.Name).ToListAsync(Cancellation);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;
}
