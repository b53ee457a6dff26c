namespace Droptune.Functions.Tests.Hosting;

[Collection(nameof(SharedHost))]
public class LocalHostTests(LocalHostFixture app)
{
    [Fact]
    public async Task Health_StorageAnswers_IsOk()
    {
        var health = await app.Http.GetAsync("health", TestContext.Current.CancellationToken).OkAsync();

        Assert.Equal("ok", health.Text("status"));
    }

    [Fact]
    public async Task Get_UnknownAddress_IsAProblem() => await SendAsync(HttpMethod.Get, "nowhere").ProblemAsync(404, "unknown-path");

    [Fact]
    public async Task Send_OtherMethod_IsAProblemThatNamesTheRightOne()
    {
        var problem = await SendAsync(HttpMethod.Put, "models").ProblemAsync(405, "method-not-allowed");

        Assert.Contains("GET", problem.Text("detail"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("models", null)]
    [InlineData("models", "wrong")]
    [InlineData("openapi.json", null)]
    public async Task Send_NameOfAnotherMachine_NeedsAKey(string path, string? key) =>
        await SendAsync(HttpMethod.Get, path, host: "rebound.example", key).ProblemAsync(401, "key-required");

    [Theory]
    [InlineData("models", LocalHostFixture.Key)]
    [InlineData($"models?code={LocalHostFixture.Key}", null)]
    public async Task Send_NameOfAnotherMachineWithTheKey_IsAnswered(string path, string? key) =>
        await SendAsync(HttpMethod.Get, path, host: "rebound.example", key).OkAsync();

    [Theory]
    [InlineData("LOCALHOST")]
    [InlineData("localhost.")]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]")]
    public async Task Send_AnyNameOfThisMachine_NeedsNoKey(string host) => await SendAsync(HttpMethod.Get, "models", host).OkAsync();

    [Fact]
    public async Task Send_Anything_MayNotBeTakenForAPage()
    {
        using var answer = await SendAsync(HttpMethod.Get, "models");

        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
    }

    [Fact]
    public async Task Health_NameOfAnotherMachine_NeedsNoKey() => await SendAsync(HttpMethod.Get, "health", host: "rebound.example").OkAsync();

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? host = null, string? key = null)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Host = host;
        if (key is not null)
        {
            request.Headers.Add("x-functions-key", key);
        }

        return app.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
