namespace Droptune.Functions.Tests.Serving;

[Collection(nameof(SharedHost))]
public class ModelsTests(LocalHostFixture host)
{
    private const string Second = "ba9876543210";

    [Fact]
    public async Task GetModel_Versions_AreShownNewestFirst()
    {
        await host.AddModelAsync("m-show");
        await host.AddModelAsync("m-show", Second, isServed: false);

        var model = await Get("models/m-show").OkAsync();

        Assert.Equal(TestModel.Version, model.Text("production"));
        Assert.Equal([Second, TestModel.Version], model.GetProperty("versions").EnumerateArray().Select(version => version.Text("version")));
        var first = model.GetProperty("versions")[0];
        Assert.Equal((Second + "0000", "0", 0.9), (first.Text("runId"), first.Text("datasetVersion"), first.GetProperty("metrics").GetProperty("dev.f1").GetDouble()));
    }

    [Fact]
    public async Task GetModel_NothingServed_HasNullForProduction()
    {
        await host.AddModelAsync("m-null", isServed: false);

        var model = await Get("models/m-null").OkAsync();

        Assert.Equal(JsonValueKind.Null, model.GetProperty("production").ValueKind);
    }

    [Fact]
    public async Task ListModels_HasEveryModel()
    {
        await host.AddModelAsync("m-list");

        var models = await Get("models").OkAsync();

        Assert.Contains("m-list", models.EnumerateArray().Select(model => model.Text("model")));
    }

    [Theory]
    [InlineData("models/m-nowhere", 404, "unknown-model")]
    [InlineData("models/M", 400, "invalid-name")]
    public async Task GetModel_NoModel_IsRefused(string path, int status, string code) => await Get(path).ProblemAsync(status, code);

    [Fact]
    public async Task Promote_OtherVersion_IsServedWithinSecondsAndCanBeTakenBack()
    {
        await host.AddModelAsync("m-promote");
        await host.AddModelAsync("m-promote", Second, isServed: false);
        Assert.Equal(TestModel.Version, await ServedAsync("m-promote"));

        var promoted = await host.PostAsync("models/m-promote/promote", $$"""{"version":"{{Second}}"}""").OkAsync();
        await Wait.UntilAsync(async () => await ServedAsync("m-promote") == Second ? "" : null);
        var back = await host.PostAsync("models/m-promote/promote", $$"""{"version":"{{TestModel.Version}}"}""").OkAsync();
        await Wait.UntilAsync(async () => await ServedAsync("m-promote") == TestModel.Version ? "" : null);

        Assert.Equal((Second, TestModel.Version), (promoted.Text("production"), promoted.Text("previous")));
        Assert.Equal((TestModel.Version, Second), (back.Text("production"), back.Text("previous")));
        Assert.Equal(3, back.GetProperty("history").GetArrayLength());
    }

    [Fact]
    public async Task Promote_ToAndFroUnderLoad_LosesNoRequest()
    {
        await host.AddModelAsync("m-load");
        await host.AddModelAsync("m-load", Second, isServed: false);
        using var end = new CancellationTokenSource();
        // Each caller has its first answer before the first promotion, however long the model takes to load.
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ => new List<string?> { await ServedAsync("m-load") }));
        var callers = answers.Select(versions => Task.Run(async () =>
        {
            while (!end.IsCancellationRequested)
            {
                versions.Add(await ServedAsync("m-load")); // fails with the first request that is not answered
            }
        })).ToList();

        foreach (var version in new[] { Second, TestModel.Version, Second, TestModel.Version })
        {
            await host.PostAsync("models/m-load/promote", $$"""{"version":"{{version}}"}""").OkAsync();
            await Wait.UntilAsync(async () => await ServedAsync("m-load") == version ? "" : null);
        }

        await end.CancelAsync();
        await Task.WhenAll(callers);
        Assert.All(answers, versions => Assert.Equal([TestModel.Version, Second], versions.Distinct()));
    }

    [Fact]
    public async Task Promote_ServedVersion_ChangesNothing()
    {
        await host.AddModelAsync("m-same");

        var model = await host.PostAsync("models/m-same/promote", $$"""{"version":"{{TestModel.Version}}"}""").OkAsync();

        Assert.Single(model.GetProperty("history").EnumerateArray());
    }

    [Theory]
    [InlineData("m-refuse", """{"version":"ffffffffffff"}""", 404, "unknown-version")]
    [InlineData("m-refuse", """{"version":"a/b"}""", 404, "unknown-version")]
    [InlineData("m-refuse", """{"version":3}""", 422, "invalid-value")]
    [InlineData("m-refuse", """{}""", 422, "invalid-value")]
    [InlineData("m-absent", """{"version":"ffffffffffff"}""", 404, "unknown-model")]
    public async Task Promote_NoSuchVersion_IsRefused(string model, string body, int status, string code)
    {
        await host.AddModelAsync("m-refuse");

        await host.PostAsync($"models/{model}/promote", body).ProblemAsync(status, code);
    }

    private Task<HttpResponseMessage> Get(string path) => host.Http.GetAsync(path, TestContext.Current.CancellationToken);

    private async Task<string?> ServedAsync(string model) =>
        (await host.PostAsync($"models/{model}/predict", """{"inputs":"hello"}""").OkAsync()).Text("version");
}
