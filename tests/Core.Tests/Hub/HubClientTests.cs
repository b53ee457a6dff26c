using Droptune.Core.Hub;

namespace Droptune.Core.Tests.Hub;

public class HubClientTests
{
    private static readonly HubName Pinned = new("org/bert", TestHub.Commit);
    private static readonly byte[] Weights = [.. Enumerable.Range(0, 5000).Select(i => (byte)i)];

    private readonly HurriedClock _clock = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("org/bert")]
    [InlineData("org/bert@main")]
    [InlineData("org/bert@refs/pr/1")]
    [InlineData("org/bert@" + TestHub.Commit)]
    public async Task FindAsync_Revision_IsTheCommitThatItNames(string name)
    {
        await using var hub = await WithBertAsync();

        var model = await Client(hub).FindAsync(HubName.Parse(name)!, Cancellation);

        Assert.Equal(Pinned, model.Name);
        Assert.Equal(["config.json", "model.safetensors"], model.Files);
    }

    [Fact]
    public async Task DescribeAsync_SmallFileAndLargeOne_HaveSizeAndHash()
    {
        await using var hub = await WithBertAsync();

        var small = await Client(hub).DescribeAsync(Pinned, "config.json", Cancellation);
        var large = await Client(hub).DescribeAsync(Pinned, "model.safetensors", Cancellation);

        Assert.Equal((2, "git's SHA-1"), (small.Size, small.HashName));
        Assert.Equal((5000, "SHA-256"), (large.Size, large.HashName));
        Assert.DoesNotContain(hub.Requests, request => request.Path.StartsWith("far", StringComparison.Ordinal)); // it need not be asked
    }

    [Fact]
    public async Task AnyRequest_Token_GoesToTheHubAlone()
    {
        await using var hub = await WithBertAsync();
        var client = Client(hub, new() { Token = "secret" });

        using var answer = await client.OpenAsync(Pinned, "model.safetensors", 0, null, Cancellation);

        Assert.Equal(["Bearer secret", ""], hub.Requests.Select(request => request.Authorization));
        Assert.StartsWith("far", hub.Requests.Last().Path, StringComparison.Ordinal);
    }

    /// <summary>Whether a private model exists, is nobody's business: what is missing and what is not for us is refused in the same words.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("of somebody else")]
    public async Task FindAsync_PrivateModelOrNone_IsRefusedAlike(string? token)
    {
        await using var hub = await WithBertAsync();
        hub.Add("org/secret").PrivateTo = "theirs";

        var secret = await RefusedAsync(hub, "org/secret", token);
        var missing = await RefusedAsync(hub, "org/missed", token);

        Assert.Equal(missing.Message, secret.Message.Replace("secret", "missed", StringComparison.Ordinal));
        Assert.Contains("HF_TOKEN", missing.Message, StringComparison.Ordinal);
        Assert.Empty(_clock.Pauses);
    }

    [Fact]
    public async Task FindAsync_PrivateModelWithItsToken_IsFound()
    {
        await using var hub = await WithBertAsync();
        hub.Add("org/secret").PrivateTo = "ours";

        var model = await Client(hub, new() { Token = "ours" }).FindAsync(new("org/secret"), Cancellation);

        Assert.Equal(TestHub.Commit, model.Name.Revision);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("not accepted")]
    public async Task DescribeAsync_GatedModel_SaysWhereItsConditionsAre(string? token)
    {
        await using var hub = await WithBertAsync();
        hub.Add("org/gated", ("config.json", "{}"u8.ToArray())).GatedTo = "accepted";

        var refusal = await Assert.ThrowsAsync<HubException>(
            () => Client(hub, new() { Token = token }).DescribeAsync(new("org/gated", TestHub.Commit), "config.json", Cancellation));

        Assert.Contains($"{hub.Endpoint}/org/gated", refusal.Message, StringComparison.Ordinal);
        Assert.False(refusal.IsTransient);
    }

    [Theory]
    [InlineData("org/bert@v9", "has no revision 'v9'")]
    [InlineData("org/bert@9999999999999999999999999999999999999999", "has no revision")]
    public async Task FindAsync_UnknownRevision_SaysSo(string name, string message)
    {
        await using var hub = await WithBertAsync();

        Assert.Contains(message, (await RefusedAsync(hub, name)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindAsync_ModelWasRenamed_SaysItsName()
    {
        await using var hub = await WithBertAsync();
        hub.Fail("/api/models/old/bert", context =>
        {
            context.Response.StatusCode = 307;
            context.Response.Headers.Location = "/api/models/org/bert/revision/main";
            return Task.CompletedTask;
        });

        Assert.Equal("'old/bert' is called 'org/bert' on the hub: name it so.", (await RefusedAsync(hub, "old/bert")).Message);
    }

    [Fact]
    public async Task FindAsync_HubIsBusy_WaitsAsLongAsItAsks()
    {
        await using var hub = await WithBertAsync();
        hub.Fail("/api/", 429, "7");
        hub.Fail("/api/", 503, (TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(100)).ToString("R"));
        hub.Fail("/api/", 500);

        await Client(hub).FindAsync(new("org/bert"), Cancellation);

        var pauses = _clock.Pauses.ToArray();
        Assert.Equal(3, pauses.Length);
        Assert.Equal(TimeSpan.FromSeconds(7), pauses[0]);
        Assert.InRange(pauses[1].TotalSeconds, 90, 100);
        Assert.InRange(pauses[2].TotalSeconds, 0.1, 60);
    }

    [Theory]
    [InlineData(null, 6)]
    [InlineData("3600", 1)] // nobody waits an hour
    public async Task FindAsync_HubStaysBusy_IsGivenUp(string? retryAfter, int tries)
    {
        await using var hub = await WithBertAsync();
        hub.Fail("/api/", 429, retryAfter, times: 10);

        var refusal = await RefusedAsync(hub, "org/bert");

        Assert.True(refusal.IsTransient);
        Assert.Contains("429", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(tries, hub.Requests.Count);
    }

    [Fact]
    public async Task FindAsync_NothingListens_SaysSoAfterSomeTries()
    {
        var hub = await WithBertAsync();
        var client = Client(hub);
        await hub.DisposeAsync();

        var refusal = await Assert.ThrowsAsync<HubException>(() => client.FindAsync(new("org/bert"), Cancellation));

        Assert.StartsWith("The hub cannot be reached (127.0.0.1)", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(5, _clock.Pauses.Count);
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"sha":"0123456789abcdef0123456789abcdef01234567"}""")]
    [InlineData("""{"sha":"../../../../../../../../../../etc/passwd","siblings":[]}""")]
    [InlineData("""{"sha":7,"siblings":[]}""")]
    [InlineData("""{"id":"an/other","sha":"0123456789abcdef0123456789abcdef01234567","siblings":[]}""")]
    [InlineData("""{"sha":"9999999999999999999999999999999999999999","siblings":[]}""")]
    [InlineData("""{"sha":"0123456789abcdef0123456789abcdef01234567","siblings":{"rfilename":"x"}}""")]
    public async Task FindAsync_AnswerThatIsNone_IsRefused(string answer)
    {
        await using var hub = await WithBertAsync();
        hub.Fail("/api/", context => context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(answer)).AsTask());

        Assert.False((await RefusedAsync(hub, $"{Pinned}")).IsTransient);
    }

    [Fact]
    public async Task FindAsync_EndlessAnswer_IsEnded()
    {
        await using var hub = await WithBertAsync();
        hub.Fail("/api/", async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(new byte[1 << 16], context.RequestAborted);
            }
        });

        Assert.Contains("longer than", (await RefusedAsync(hub, "org/bert")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file:///etc/passwd", "address of file")]
    [InlineData("/org/bert/resolve/main/config.json", "on and on")]
    public async Task DescribeAsync_RedirectThatLeadsNowhere_IsNotFollowed(string location, string message)
    {
        await using var hub = await WithBertAsync();
        hub.Fail("config.json", context =>
        {
            context.Response.StatusCode = 302;
            context.Response.Headers.Location = location;
            return Task.CompletedTask;
        }, times: 10);

        var refusal = await Assert.ThrowsAsync<HubException>(() => Client(hub).DescribeAsync(Pinned, "config.json", Cancellation));

        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-1", null)]
    [InlineData("99999999999999999999", null)]
    [InlineData(null, "not a hash")]
    [InlineData(null, "../../0123456789abcdef0123456789abcdef012")]
    public async Task DescribeAsync_StatesNothingToCheckBy_IsRefused(string? size, string? hash)
    {
        await using var hub = await WithBertAsync();
        var model = hub.Add("org/bert", ("model.safetensors", Weights));
        model.StatedSize["model.safetensors"] = size ?? "5000";
        model.StatedHash["model.safetensors"] = hash ?? new string('0', 64);

        var refusal = await Assert.ThrowsAsync<HubException>(() => Client(hub).DescribeAsync(Pinned, "model.safetensors", Cancellation));

        Assert.Contains("states no size and hash", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "*", "switched off here (Hub__Enabled)")]
    [InlineData(true, "google-bert/*, FacebookAI/*", "not among the models of the hub that may be used here (Hub__Allow: google-bert/*, FacebookAI/*)")]
    [InlineData(true, "", "Hub__Allow")]
    public async Task FindAsync_ModelThatMayNotBeUsed_IsNotAskedFor(bool enabled, string allow, string message)
    {
        await using var hub = await WithBertAsync();

        var refusal = await Assert.ThrowsAsync<HubException>(
            () => Client(hub, new() { Hub = new() { Enabled = enabled, Allow = allow } }).FindAsync(new("org/bert"), Cancellation));

        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
        Assert.Empty(hub.Requests);
    }

    private static async Task<TestHub> WithBertAsync()
    {
        var hub = await TestHub.StartAsync();
        hub.Add("org/bert", ("config.json", "{}"u8.ToArray()), ("model.safetensors", Weights));
        return hub;
    }

    private HubClient Client(TestHub hub, HubOptions? options = null) => new((options ?? new()) with { Endpoint = hub.Endpoint }, _clock);

    private Task<HubException> RefusedAsync(TestHub hub, string name, string? token = null) => Assert.ThrowsAsync<HubException>(
        () => Client(hub, new() { Token = token }).FindAsync(HubName.Parse(name)!, Cancellation));
}
