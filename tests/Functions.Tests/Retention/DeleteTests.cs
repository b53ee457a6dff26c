using Azure.Storage.Blobs.Models;
using Droptune.Core.Storage;
using Droptune.Functions.Ingestion;

namespace Droptune.Functions.Tests.Retention;

[Collection(nameof(LoopHost))]
public class DeleteTests(LocalHostFixture host)
{
    private const string Second = "ba9876543210";

    [Fact]
    public async Task DeleteVersion_Confirmed_TakesItsFilesAndLeavesTheOthers()
    {
        await host.AddModelAsync("x-version");
        await host.AddModelAsync("x-version", Second, isServed: false);

        var unconfirmed = await DeleteAsync($"models/x-version/versions/{Second}").ProblemAsync(409, "not-confirmed");
        await DeleteAsync($"models/x-version/versions/{Second}?confirm=x-version").ProblemAsync(409, "not-confirmed");
        var still = await Get("models/x-version").OkAsync();
        var deleted = await DeleteAsync($"models/x-version/versions/{Second}?confirm={Second}").OkAsync();
        var left = await Get("models/x-version").OkAsync();

        Assert.Contains($"of models/x-version/{Second}/", unconfirmed.Text("detail"), StringComparison.Ordinal);
        Assert.Contains($"?confirm={Second}", unconfirmed.Text("detail"), StringComparison.Ordinal);
        Assert.Equal(2, still.GetProperty("versions").GetArrayLength());
        Assert.NotEmpty(deleted.GetProperty("takes").EnumerateArray());
        Assert.Equal(TestModel.Version, Assert.Single(left.GetProperty("versions").EnumerateArray()).Text("version"));
        Assert.Empty(await NamesAsync(StorageNames.Models, $"x-version/{Second}/"));
        Assert.NotEmpty(await NamesAsync(StorageNames.Models, $"x-version/{TestModel.Version}/"));
        await DeleteAsync($"models/x-version/versions/{Second}?confirm={Second}").ProblemAsync(404, "unknown-version");
    }

    [Fact]
    public async Task DeleteVersion_Served_IsRefused()
    {
        await host.AddModelAsync("x-served");

        var problem = await DeleteAsync($"models/x-served/versions/{TestModel.Version}?confirm={TestModel.Version}").ProblemAsync(409, "in-use");

        Assert.Contains("promote another", problem.Text("detail"), StringComparison.Ordinal);
        await host.PostAsync("models/x-served/predict", """{"inputs":"a"}""").OkAsync();
    }

    [Fact]
    public async Task DeleteModel_Confirmed_TakesAllOfItAndCanBeTrainedAnew()
    {
        await AcceptAsync("x-model");
        await host.AddModelAsync("x-model", dataset: "x-model");
        await host.PostAsync("models/x-model/predict", """{"inputs":"a"}""").OkAsync();
        const string spec = """{"dataset":{"name":"x-model"}}""";
        var run = await host.PostAsync("runs", spec).OkAsync();

        var needed = await DeleteAsync("models/x-model?confirm=x-model").ProblemAsync(409, "in-use");
        await DeleteAsync($"runs/{run.Text("runId")}").OkAsync();
        var unconfirmed = await DeleteAsync("models/x-model").ProblemAsync(409, "not-confirmed");
        await DeleteAsync("models/x-model?confirm=x-model").OkAsync();

        Assert.Contains(run.Text("runId")!, needed.Text("detail"), StringComparison.Ordinal);
        Assert.Contains("1 version;", unconfirmed.Text("detail"), StringComparison.Ordinal);
        await Get("models/x-model").ProblemAsync(404, "unknown-model");
        await Wait.UntilAsync(async () =>
        {
            using var answer = await host.PostAsync("models/x-model/predict", """{"inputs":"a"}"""); // the served copy is noticed to be gone
            return answer.StatusCode == System.Net.HttpStatusCode.NotFound;
        });
        await Get($"runs/{run.Text("runId")}").ProblemAsync(404, "unknown-run");
        Assert.Empty(await NamesAsync(StorageNames.Models, "x-model/"));
        Assert.DoesNotContain((await Get("models?limit=1000").OkAsync()).EnumerateArray(), model => model.Text("model") == "x-model");
        using var again = await host.PostAsync("runs", spec);
        Assert.Equal(202, (int)again.StatusCode);
        await DeleteAsync($"runs/{run.Text("runId")}").OkAsync();
    }

    [Fact]
    public async Task DeleteDataset_Confirmed_TakesFilesSnapshotsAndReportsOfThatOneAlone()
    {
        await AcceptAsync("x-data");
        await AcceptAsync("x-data-2");
        await host.DropAsync("x-data.conll", Some.Conll(10, from: 100));
        await AcceptedAsync("x-data");
        await host.AddModelAsync("x-data", dataset: "x-data");

        var unconfirmed = await DeleteAsync("datasets/x-data").ProblemAsync(409, "not-confirmed");
        await DeleteAsync("datasets/x-data?confirm=x-data").OkAsync();

        Assert.Contains("3 dropped files", unconfirmed.Text("detail"), StringComparison.Ordinal);
        Assert.Contains("evaluations to come of x-data", unconfirmed.Text("detail"), StringComparison.Ordinal);
        await Get("datasets/x-data").ProblemAsync(404, "unknown-dataset");
        Assert.Empty(await NamesAsync(StorageNames.Datasets, "x-data/"));
        Assert.Empty(await NamesAsync(StorageNames.Datasets, "x-data."));
        Assert.Empty(await NamesAsync(StorageNames.Snapshots, "x-data/"));
        Assert.Empty(await NamesAsync(StorageNames.Reports, "x-data/"));
        Assert.NotEmpty(await NamesAsync(StorageNames.Snapshots, "x-data-2/"));
        await Get("datasets/x-data-2").OkAsync();
        await Get("models/x-data").OkAsync();
        await DeleteAsync("datasets/x-data?confirm=x-data").ProblemAsync(404, "unknown-dataset");
    }

    [Fact]
    public async Task ShowRetention_RunningHost_SaysWhatItWouldDelete()
    {
        var plan = await Get("retention").OkAsync();

        Assert.False(plan.GetProperty("dryRun").GetBoolean());
        Assert.Empty(plan.GetProperty("items").EnumerateArray()); // all is of today
    }

    private async Task AcceptAsync(string dataset)
    {
        await host.DropAsync($"{dataset}/dataset.json", """{"train":false}""");
        await host.DropAsync($"{dataset}/train.conll", Some.Conll(40));
        await AcceptedAsync(dataset);
    }

    /// <summary>Waits until all that was dropped is accepted.</summary>
    private Task AcceptedAsync(string dataset) => Wait.UntilAsync(async () =>
        await host.Get<DatasetStore>().FindAsync(dataset, Cancellation) is { State: DatasetState.Accepted } record
        && record.Fingerprint == (await DatasetFiles.ListAsync(host.Get<DroptuneStorage>(), dataset, Cancellation)).Fingerprint);

    private async Task<IReadOnlyList<string>> NamesAsync(string container, string prefix) =>
        await host.Get<DroptuneStorage>().Container(container).GetBlobsAsync(new GetBlobsOptions { Prefix = prefix }, Cancellation)
            .Select(blob => blob.Name).ToListAsync(Cancellation);

    private Task<HttpResponseMessage> Get(string path) => host.Http.GetAsync(path, Cancellation);

    private Task<HttpResponseMessage> DeleteAsync(string path) => host.Http.DeleteAsync(path, Cancellation);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;
}
