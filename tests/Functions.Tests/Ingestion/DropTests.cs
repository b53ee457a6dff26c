using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Droptune.Core.Datasets;
using Droptune.Core.Datasets.Snapshots;
using Droptune.Core.Runs;
using Droptune.Core.Storage;
using Droptune.Core.Stores;
using Droptune.Functions.Ingestion;

namespace Droptune.Functions.Tests.Ingestion;

[Collection(nameof(SharedHost))]
public class DropTests(LocalHostFixture host)
{
    [Fact]
    public async Task Drop_ThreeFiles_MakeOneVersionAndOneRun()
    {
        await host.DropAsync("d-three/train.conll", Some.Conll(40));
        await host.DropAsync("d-three/valid.conll", Some.Conll(4, from: 100));
        await host.DropAsync("d-three/test.conll", Some.Conll(6, from: 200));

        var dataset = await ConcludedAsync("d-three");

        Assert.Equal((DatasetState.Accepted, TaskKind.Joint), (dataset.State, dataset.Task));
        Assert.Equal(new SplitCounts(40, 4, 6), dataset.Counts);
        var run = Assert.Single(await RunsAsync("d-three"));
        Assert.Equal((dataset.RunId, RunState.Queued), (run.RunId, run.State));
        Assert.Equal(("d-three", dataset.Version), (run.Spec.Dataset.Name, run.Spec.Dataset.Version));
        var versions = await BlobsAsync(StorageNames.Snapshots, "d-three/");
        Assert.Equal(["dev", "test", "train"], versions.Select(name => name.Split('/', '.')[2]));
        await using var snapshot = await host.Get<DroptuneStorage>().Container(StorageNames.Snapshots)
            .GetBlobClient($"d-three/{dataset.Version}/test.jsonl.gz").OpenReadAsync(cancellationToken: Cancellation);
        Assert.Equal(6, SnapshotReader.Read(snapshot).Count());
        Assert.Equal(
            [$"d-three/{dataset.Version}/validation.html", $"d-three/{dataset.Version}/validation.json", $"d-three/{dataset.Version}/validation.md"],
            await BlobsAsync(StorageNames.Reports, "d-three/"));
    }

    [Fact]
    public async Task Drop_SameContentAgain_IsTheSameVersionAndRun()
    {
        await host.DropAsync("d-again.conll", Some.Conll(40));
        var first = await ConcludedAsync("d-again");

        await host.DropAsync("d-again.conll", Some.Conll(40));
        var second = await ConcludedAsync("d-again", after: first);

        Assert.Equal((first.State, first.Version, first.RunId), (second.State, second.Version, second.RunId));
        Assert.Single(await RunsAsync("d-again"));
    }

    [Fact]
    public async Task Drop_MoreData_IsASecondVersionWithItsOwnRun()
    {
        await host.DropAsync("d-more/a.conll", Some.Conll(40));
        var first = await ConcludedAsync("d-more");

        await host.DropAsync("d-more/b.conll", Some.Conll(20, from: 100));
        var second = await ConcludedAsync("d-more", after: first);

        Assert.NotEqual(first.Version, second.Version);
        Assert.Equal(2, (await RunsAsync("d-more")).Count);
    }

    [Fact]
    public async Task Drop_BrokenFile_IsRejectedWithItsLine()
    {
        await host.DropAsync("d-broken/train.conll", Some.Conll(4) + "oneword\n\n");

        await ConcludedAsync("d-broken");
        var dataset = await host.Http.GetAsync("datasets/d-broken", Cancellation).OkAsync();

        Assert.Equal("Rejected", dataset.Text("state"));
        var finding = Assert.Single(dataset.GetProperty("findings").EnumerateArray(), finding => finding.Text("severity") == "error");
        Assert.Equal(("train.conll", 23), (finding.Text("file"), finding.GetProperty("line").GetInt32()));
        Assert.NotEmpty(finding.Text("message")!);
        Assert.Empty(await RunsAsync("d-broken"));
        Assert.Empty(await BlobsAsync(StorageNames.Snapshots, "d-broken/"));
    }

    [Fact]
    public async Task Drop_BrokenVersionAfterAGoodOne_KeepsTheGoodOneForRuns()
    {
        await host.DropAsync("d-worse/train.conll", Some.Conll(40));
        var good = await ConcludedAsync("d-worse");

        await host.DropAsync("d-worse/more.conll", "oneword\n\n");
        var bad = await ConcludedAsync("d-worse", after: good);

        Assert.Equal(DatasetState.Rejected, bad.State);
        Assert.NotEqual(good.Version, bad.Version);
        Assert.Equal(good.Version, bad.AcceptedVersion);
    }

    [Fact]
    public async Task Drop_UnknownFormat_IsRejectedWithAFinding()
    {
        await host.DropAsync("d-format/notes.pdf", "%PDF");

        await ConcludedAsync("d-format");
        var dataset = await host.Http.GetAsync("datasets/d-format", Cancellation).OkAsync();

        Assert.Contains("unknown-format", dataset.GetProperty("findings").EnumerateArray().Select(finding => finding.Text("code")));
    }

    [Theory]
    [InlineData("D Upper/train.conll", "D Upper")]
    [InlineData("客服.conll", "客服")]
    [InlineData("d_underscore/train.conll", "d_underscore")]
    public async Task Drop_NameThatIsNotAllowed_IsRejectedWithTheReason(string blob, string name)
    {
        await host.DropAsync(blob, Some.Conll(4));

        var dataset = await ConcludedAsync(name);
        var shown = await host.Http.GetAsync($"datasets/{Uri.EscapeDataString(name)}", Cancellation).OkAsync();

        Assert.Equal(DatasetState.Rejected, dataset.State);
        Assert.Contains("lower-case", shown.Text("problem"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drop_ManifestWithoutTraining_IsOnlyValidated()
    {
        await host.DropAsync("d-only/dataset.json", """{"train":false}""");
        await host.DropAsync("d-only/train.conll", Some.Conll(40));

        var dataset = await ConcludedAsync("d-only");

        Assert.Equal((DatasetState.Accepted, null), (dataset.State, dataset.RunId));
        Assert.Empty(await RunsAsync("d-only"));
        Assert.Equal(3, (await BlobsAsync(StorageNames.Snapshots, "d-only/")).Count);
    }

    [Fact]
    public async Task Drop_ManifestWithSettings_GoesIntoTheSpec()
    {
        await host.DropAsync("d-spec/dataset.json", """{"model":"d-spec-model","training":{"epochs":1,"maxLength":32}}""");
        await host.DropAsync("d-spec/train.conll", Some.Conll(40));

        await ConcludedAsync("d-spec");

        var run = Assert.Single(await RunsAsync("d-spec-model"));
        Assert.Equal((1, 32), (run.Spec.Optimisation.Epochs, run.Spec.Optimisation.MaxLength));
    }

    [Fact]
    public async Task Drop_WithABaseModel_CountsItsPiecesAndReportsWhatCannotBeTrained()
    {
        var folder = TestData.PathOf("models", "letters-vocabulary");
        foreach (var path in Directory.GetFiles(folder))
        {
            await using var file = File.OpenRead(path);
            await BaseModels.UploadBlobAsync($"letters/{Path.GetFileName(path)}", file, Cancellation);
        }

        await BaseModels.UploadBlobAsync("letters/model.safetensors", BinaryData.FromBytes([2, 0, 0, 0, 0, 0, 0, 0, .. "{}"u8]), Cancellation); // no tensor
        await BaseModels.UploadBlobAsync("damaged/model.safetensors", BinaryData.FromBytes([255, 255, 255, 255, 255, 255, 255, 127, .. "{}"u8]), Cancellation);
        await BaseModels.UploadBlobAsync("no-tokenizer/model.safetensors", BinaryData.FromBytes([2, 0, 0, 0, 0, 0, 0, 0, .. "{}"u8]), Cancellation);
        await BaseModels.UploadBlobAsync("no-tokenizer/spm.model", BinaryData.FromString("x"), Cancellation);
        await BaseModels.UploadBlobAsync("no-weights/config.json", BinaryData.FromString("{}"), Cancellation);
        try
        {
            await host.DropAsync("d-pieces/dataset.json", """{"baseModel":"letters","train":false,"training":{"maxLength":16}}""");
            await host.DropAsync("d-pieces/train.conll", string.Concat("abcdefghij".Select(letter => $"refund O\n{letter} O\nin O\nBerlin B-city\n\n")));
            await host.DropAsync("d-nobase/dataset.json", """{"baseModel":"nowhere"}""");
            await host.DropAsync("d-nobase/train.conll", Some.Conll(40));
            await host.DropAsync("d-weights/dataset.json", """{"baseModel":"no-weights"}""");
            await host.DropAsync("d-weights/train.conll", Some.Conll(40));
            await host.DropAsync("d-tokenizer/dataset.json", """{"baseModel":"no-tokenizer"}""");
            await host.DropAsync("d-tokenizer/train.conll", Some.Conll(40));
            await host.DropAsync("d-damaged/dataset.json", """{"baseModel":"damaged"}""");
            await host.DropAsync("d-damaged/train.conll", Some.Conll(40));

            var pieces = await ReportAsync("d-pieces");
            var nowhere = await ReportAsync("d-nobase");
            var noWeights = await ReportAsync("d-weights");

            Assert.True(pieces.Accepted);
            Assert.Equal(("pieces", 10), (pieces.Quality.Lengths.Unit, pieces.Quality.Lengths.Windowed));
            Assert.Contains(pieces.Findings, finding => finding is { Code: FindingCode.LongExample, Message: "15 pieces; the model takes 14 at once." });
            Assert.Equal("There is no base model 'nowhere'.", Error(nowhere).Message);
            Assert.Equal("Base model 'no-weights' has no weights (model.safetensors), but config.json.", Error(noWeights).Message);
            Assert.StartsWith("Base model 'no-tokenizer' has neither vocab.txt nor tokenizer.json, but spm.model", Error(await ReportAsync("d-tokenizer")).Message, StringComparison.Ordinal);
            Assert.Contains("damaged/model.safetensors is not a safetensors file, or cut off", Error(await ReportAsync("d-damaged")).Message, StringComparison.Ordinal);
            Assert.Empty(await RunsAsync("d-nobase"));
        }
        finally
        {
            // The tests beside this one train from scratch: the account must hold no base model.
            await foreach (var blob in BaseModels.GetBlobsAsync(cancellationToken: Cancellation))
            {
                await BaseModels.DeleteBlobAsync(blob.Name, cancellationToken: Cancellation);
            }
        }

        static Finding Error(DatasetReport report) => Assert.Single(report.Findings, finding => finding.Severity == Severity.Error);
    }

    [Fact]
    public async Task Drop_WithABaseModelOfTheHub_ItsCommitIsInReportAndRun()
    {
        host.Hub.AddFolder("org/letters", TestData.PathOf("models", "letters-vocabulary")).Files["model.safetensors"] = [];
        await host.DropAsync("d-hub/dataset.json", """{"baseModel":"org/letters","training":{"maxLength":16}}""");
        await host.DropAsync("d-hub/train.conll", Some.Conll(40));
        await host.DropAsync("d-nohub/dataset.json", """{"baseModel":"org/nowhere"}""");
        await host.DropAsync("d-nohub/train.conll", Some.Conll(40));

        var report = await ReportAsync("d-hub");
        var nowhere = await ReportAsync("d-nohub");

        Assert.Equal(("pieces", $"org/letters@{TestHub.Commit}"), (report.Quality.Lengths.Unit, report.Base!.Name));
        Assert.Contains(report.Findings, finding => finding.Code == FindingCode.RestrictedBaseModel);
        Assert.Equal(report.Base, Assert.Single(await RunsAsync("d-hub")).Spec.Base);
        Assert.StartsWith(
            "The hub has no model 'org/nowhere' for us", Assert.Single(nowhere.Findings, finding => finding.Severity == Severity.Error).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Change_AllFilesWereDeletedMeanwhile_IsRejected()
    {
        var changeId = await host.Get<DatasetStore>().NoteChangeAsync("d-gone", Cancellation);

        await host.Get<DatasetValidation>().ValidateAsync(new DatasetChange("d-gone", changeId), Cancellation);

        Assert.Equal(DatasetState.Rejected, (await FindAsync("d-gone"))!.State);
    }

    [Fact]
    public async Task Change_MessageOfAnEarlierOne_DoesNothing()
    {
        await host.DropAsync("d-late.conll", Some.Conll(40));
        var before = await ConcludedAsync("d-late");

        await host.Get<DatasetValidation>().ValidateAsync(new DatasetChange("d-late", "an-earlier-change"), Cancellation);
        await host.Get<DatasetValidation>().ValidateAsync(new DatasetChange("d-never", "of-no-dataset"), Cancellation);
        await host.Get<DatasetValidation>().ValidateAsync(new DatasetChange("d-late", before.ChangeId!), Cancellation);

        Assert.Equal(before with { ValidatedAt = null }, (await FindAsync("d-late"))! with { ValidatedAt = null });
        Assert.Single(await RunsAsync("d-late"));
    }

    [Theory]
    [InlineData(StorageNames.DatasetChanges, "no JSON")]
    [InlineData(StorageNames.DatasetChanges, """{"dataset":"d-x"}""")]
    [InlineData(StorageNames.DatasetChanges, """{"dataset":"../x","changeId":"1"}""")]
    [InlineData(StorageNames.EvaluationRequests, "null")]
    [InlineData(StorageNames.EvaluationRequests, """{"model":"../x"}""")]
    public async Task Message_ThatCannotBeRead_GoesToThePoisonQueueWithTheReason(string queue, string message)
    {
        await host.Get<DroptuneStorage>().Queue(queue).SendMessageAsync(message, Cancellation);

        var poison = await Wait.UntilAsync(async () =>
            (await host.Get<DroptuneStorage>().Queue(queue + StorageNames.PoisonSuffix).PeekMessagesAsync(32, Cancellation)).Value
            .Select(peeked => JsonNode.Parse(peeked.Body)!) // the host puts its own there as they came
            .FirstOrDefault(poison => (string?)poison["message"] == message));

        Assert.NotEmpty((string)poison["reason"]!);
    }

    private Task<DatasetRecord?> FindAsync(string dataset) => host.Get<DatasetStore>().FindAsync(dataset, Cancellation);

    private Task<DatasetRecord> ConcludedAsync(string dataset, DatasetRecord? after = null) => Wait.UntilAsync(async () =>
        await FindAsync(dataset) is { State: not DatasetState.Validating } record && record.ChangedAt != after?.ChangedAt ? record : null);

    private async Task<DatasetReport> ReportAsync(string dataset)
    {
        var record = await ConcludedAsync(dataset);
        var blob = host.Get<DroptuneStorage>().Container(StorageNames.Reports).GetBlobClient($"{record.Report}.json");
        return (await blob.DownloadContentAsync(Cancellation)).Value.Content.ToObjectFromJson<DatasetReport>(DroptuneJson.Compact)!;
    }

    private BlobContainerClient BaseModels => host.Get<DroptuneStorage>().Container(StorageNames.BaseModels);

    private async Task<List<RunRecord>> RunsAsync(string model) =>
        [.. (await host.Get<RunStore>().ListAsync(new(Limit: 1000), Cancellation)).Where(run => run.Model == model)];

    private async Task<List<string>> BlobsAsync(string container, string prefix) =>
        await host.Get<DroptuneStorage>().Container(container).GetBlobsAsync(new GetBlobsOptions { Prefix = prefix }, Cancellation)
            .Select(blob => blob.Name).ToListAsync(Cancellation);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;
}
