using Droptune.Core.Runs;
using Droptune.Core.Stores;
using Droptune.Functions.Ingestion;

namespace Droptune.Functions.Tests.Training;

[Collection(nameof(SharedHost))]
public class RunsTests(LocalHostFixture host)
{
    [Fact]
    public async Task StartRun_SameSpecTwice_IsOneRun()
    {
        await AcceptAsync("r-twice");
        const string body = """{"model":"r-twice-model","dataset":{"name":"r-twice"},"optimisation":{"epochs":1}}""";

        var first = await host.PostAsync("runs", body);
        var second = await host.PostAsync("runs", body).OkAsync();
        var listed = await Get("runs?model=r-twice-model").OkAsync();

        Assert.Equal(202, (int)first.StatusCode);
        var run = await first.JsonAsync();
        Assert.Equal($"/api/runs/{run.Text("runId")}", first.Headers.Location?.ToString());
        Assert.Equal(run.Text("runId"), second.Text("runId"));
        Assert.Equal(run.Text("runId"), Assert.Single(listed.EnumerateArray()).Text("runId"));
        Assert.Equal(("joint", 1), (run.GetProperty("spec").Text("task"), run.GetProperty("spec").GetProperty("optimisation").GetProperty("epochs").GetInt32()));
        Assert.Equal("Queued", run.Text("state"));
    }

    [Fact]
    public async Task CancelRun_Queued_IsCancelledAndCanBeStartedAgain()
    {
        await AcceptAsync("r-cancel");
        const string body = """{"model":"r-cancel-model","dataset":{"name":"r-cancel"}}""";
        var run = await host.PostAsync("runs", body).OkAsync();

        var cancelled = await DeleteAsync(run.Text("runId")!).OkAsync();
        var again = await DeleteAsync(run.Text("runId")!).OkAsync();
        var shown = await Get($"runs/{run.Text("runId")}").OkAsync();
        var restarted = await host.PostAsync("runs", body).OkAsync();

        Assert.Equal(["Cancelled", "Cancelled", "Cancelled", "Queued"], new[] { cancelled, again, shown, restarted }.Select(answer => answer.Text("state")));
    }

    [Fact]
    public async Task CancelRun_Succeeded_IsRefused()
    {
        await AcceptAsync("r-over");
        var run = await host.PostAsync("runs", """{"model":"r-over-model","dataset":{"name":"r-over"}}""").OkAsync();
        var runs = host.Get<RunStore>();
        var (_, record) = await runs.StartAsync((await runs.FindAsync(run.Text("runId")!, Cancellation))!.Spec, TimeSpan.FromMinutes(1), Cancellation);
        await runs.SucceedAsync(record.RunId, record.Attempt, "0123456789ab", Cancellation);

        await DeleteAsync(record.RunId).ProblemAsync(409, "run-is-over");
        var restarted = await host.PostAsync("runs", """{"model":"r-over-model","dataset":{"name":"r-over"}}""");

        Assert.Equal(200, (int)restarted.StatusCode);
        Assert.Equal("Succeeded", (await restarted.JsonAsync()).Text("state"));
    }

    [Fact]
    public async Task GetRun_Running_ShowsProgress()
    {
        await AcceptAsync("r-progress");
        var queued = await host.PostAsync("runs", """{"model":"r-progress-model","dataset":{"name":"r-progress"}}""").OkAsync();
        var runs = host.Get<RunStore>();
        var (_, record) = await runs.StartAsync(
            (await runs.FindAsync(queued.Text("runId")!, Cancellation))!.Spec, TimeSpan.FromMinutes(1), Cancellation);
        var progress = new RunProgress { Stage = RunStage.Training, Epoch = 2, Epochs = 5, Loss = 0.25, DevMetric = new("f1", 0.875) };
        await runs.ReportAsync(record.RunId, record.Attempt, progress, Cancellation);

        var run = await Get($"runs/{record.RunId}").OkAsync();

        Assert.Equal(("Running", 1), (run.Text("state"), run.GetProperty("attempt").GetInt32()));
        Assert.Equal(("training", 2, 0.25), (run.GetProperty("progress").Text("stage"), run.GetProperty("progress").GetProperty("epoch").GetInt32(), run.GetProperty("progress").GetProperty("loss").GetDouble()));
        Assert.Single((await Get("runs?model=r-progress-model&state=running").OkAsync()).EnumerateArray());
        Assert.Empty((await Get("runs?model=r-progress-model&state=queued").OkAsync()).EnumerateArray());
    }

    [Theory]
    [InlineData("""{"dataset":{"name":"r-nowhere"}}""", 404, "unknown-dataset")]
    [InlineData("""{"dataset":{"name":"r-valid","version":"ffffffffffff"}}""", 404, "unknown-version")]
    [InlineData("""{"dataset":{"name":"r-valid","version":"../x"}}""", 404, "unknown-version")]
    [InlineData("""{"dataset":{"name":"R"}}""", 422, "invalid-value")]
    [InlineData("""{"model":"-","dataset":{"name":"r-valid"}}""", 422, "invalid-value")]
    [InlineData("""{"base":{"name":"bert-nowhere"},"dataset":{"name":"r-valid"}}""", 422, "invalid-value")]
    [InlineData("""{"task":"dance","dataset":{"name":"r-valid"}}""", 422, "invalid-value")]
    [InlineData("""{"runId":"1","dataset":{"name":"r-valid"}}""", 422, "invalid-value")]
    [InlineData("""{"dataset":{"name":"r-valid"},"optimisation":{"epoch":1}}""", 422, "invalid-value")]
    public async Task StartRun_SpecThatCannotRun_IsRefused(string body, int status, string code)
    {
        await AcceptAsync("r-valid");

        await host.PostAsync("runs", body).ProblemAsync(status, code);
    }

    [Theory]
    [InlineData("{}", "droptune-mini")]
    [InlineData("""{"maxLength":300}""", "scratch")]
    [InlineData("""{"vocabularySize":2000}""", "scratch")]
    public async Task StartRun_NoBase_StartsFromWhatTheDatasetFits(string optimisation, string start)
    {
        await AcceptAsync("r-base");

        var run = await host.PostAsync("runs", $$"""{"model":"r-base-{{optimisation.Length}}","dataset":{"name":"r-base"},"optimisation":{{optimisation}}}""").OkAsync();

        Assert.Equal(start, run.GetProperty("spec").GetProperty("base").Text("name"));
    }

    /// <summary>Nobody has the weights yet: the job fetches them.</summary>
    [Theory]
    [InlineData("org/of-runs")]
    [InlineData("org/of-runs@main")]
    [InlineData("org--of-runs@" + TestHub.Commit)]
    public async Task StartRun_BaseOfTheHub_IsOneRunOfItsCommit(string name)
    {
        await AcceptAsync("r-hub");
        host.Hub.AddFolder("org/of-runs", TestData.PathOf("models", "letters-vocabulary")).Files["model.safetensors"] = [];

        var run = await host.PostAsync("runs", $$$"""{"model":"r-hub","base":{"name":"{{{name}}}"},"dataset":{"name":"r-hub"}}""").OkAsync();

        Assert.Equal($"org/of-runs@{TestHub.Commit}", run.GetProperty("spec").GetProperty("base").Text("name"));
        Assert.Single((await Get("runs?model=r-hub").OkAsync()).EnumerateArray());
    }

    [Fact]
    public async Task StartRun_BaseThatTheHubDoesNotGive_IsRefusedWithItsReason()
    {
        await AcceptAsync("r-hub-none");

        var problem = await host.PostAsync("runs", """{"base":{"name":"org/nowhere"},"dataset":{"name":"r-hub-none"}}""").ProblemAsync(422, "invalid-value");

        Assert.StartsWith("The hub has no model 'org/nowhere' for us", problem.Text("detail"), StringComparison.Ordinal);
        Assert.Equal("$.base.name", problem.Text("path"));
    }

    [Fact]
    public async Task StartRun_OptionsOutOfRange_AreAllNamed()
    {
        await AcceptAsync("r-range");
        const string body = """{"base":{"name":"scratch","size":"huge"},"dataset":{"name":"r-range"},"optimisation":{"epochs":0,"learningRate":5}}""";

        var problem = await host.PostAsync("runs", body).ProblemAsync(422, "invalid-value");

        Assert.All(
            ["base.size is 'huge'", "optimisation.epochs is 0", "optimisation.learningRate is 5"],
            part => Assert.Contains(part, problem.Text("detail"), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("runs/0000000000000000", 404, "unknown-run")]
    [InlineData("runs/A%20B", 404, "unknown-run")]
    [InlineData("runs?state=sleeping", 400, "invalid-parameter")]
    [InlineData("runs?limit=0", 400, "invalid-parameter")]
    [InlineData("evaluations?limit=x", 400, "invalid-parameter")]
    [InlineData("evaluations?model=A", 400, "invalid-name")]
    [InlineData("datasets/r-nowhere", 404, "unknown-dataset")]
    public async Task Get_WhatIsNotThere_IsRefused(string path, int status, string code) => await Get(path).ProblemAsync(status, code);

    /// <summary>Drops a dataset that is only validated, so that the test's own runs are the only ones.</summary>
    private async Task AcceptAsync(string dataset)
    {
        await host.DropAsync($"{dataset}/dataset.json", """{"train":false}""");
        await host.DropAsync($"{dataset}/train.conll", Some.Conll(40));
        await Wait.UntilAsync(async () => await host.Get<DatasetStore>().FindAsync(dataset, Cancellation) is { State: DatasetState.Accepted } record ? record : null);
    }

    private Task<HttpResponseMessage> Get(string path) => host.Http.GetAsync(path, Cancellation);

    private Task<HttpResponseMessage> DeleteAsync(string runId) => host.Http.DeleteAsync($"runs/{runId}", Cancellation);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;
}
