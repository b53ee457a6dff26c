using Droptune.Core.Hub;
using Droptune.Core.Hub.Pushing;

namespace Droptune.Core.Tests.Hub.Pushing;

public sealed class HubPushTests : IAsyncLifetime
{
    private const string Weights = "model.safetensors";
    private const string Onnx = "model.onnx";
    private const string Card = "README.md";
    private static readonly string[] Names = [Weights, Onnx, "config.json", Card, "vocab.txt"];
    private static readonly HubName Target = new("org/support", "main");

    private readonly HurriedClock _clock = new();
    private readonly Dictionary<string, byte[]> _files = new()
    {
        [Weights] = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * 7 / 3))],
        [Onnx] = [.. Enumerable.Range(0, 200_000).Select(i => (byte)(i * 5 / 3))],
        ["config.json"] = "{}"u8.ToArray(),
        [Card] = Encoding.UTF8.GetBytes("# 模型\n"),
    };

    private TestHub _hub = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IEnumerable<string> Sent => _hub.Requests.Where(request => request is { Method: "PUT" }).Select(request => request.Path);

    public async ValueTask InitializeAsync() => _hub = await TestHub.StartAsync();

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Theory]
    [InlineData(null)]
    [InlineData(70_000)] // the last part is shorter
    [InlineData(100_000)] // it is whole
    public async Task PushAsync_NewModel_IsOneCommitOfAllFiles(int? partSize)
    {
        _hub.Pushes.PartSize = partSize;

        var result = await PushAsync(isPrivate: true);

        Assert.True(result.IsNew);
        Assert.True(_hub.Pushes.Private["org/support"]);
        Assert.Equal([Weights, Onnx], result.Sent);
        var commit = Assert.Single(_hub.Pushes.Commits);
        Assert.Equal(("main", "a message"), (commit.Branch, commit.Message));
        Assert.Equal(_files.Keys, commit.Names);
        Assert.All(_files, file => Assert.Equal(file.Value, _hub["org/support"].Files[file.Key]));
        Assert.Equal($"{_hub.Endpoint}/org/support/commit/{_hub["org/support"].Commit}", result.Commit);
        Assert.Equal(partSize is { } size ? (300_000 + size - 1) / size + (200_000 + size - 1) / size : 2, Sent.Count());
    }

    [Fact]
    public async Task PushAsync_Token_GoesToTheHubAlone()
    {
        await PushAsync();

        Assert.All(_hub.Requests, request => Assert.Equal(request.Path.StartsWith("far", StringComparison.Ordinal) ? "" : $"Bearer {TestHubPushes.Writer}", request.Authorization));
        Assert.Equal(2, _hub.Requests.Count(request => request.Path.StartsWith("far", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task PushAsync_SameFilesAgain_ChangesNothing()
    {
        await PushAsync();
        _hub.Requests.Clear();

        var result = await PushAsync();

        Assert.Equal((false, 0, null), (result.IsNew, result.Changed.Count, result.Commit));
        Assert.Empty(Sent);
        Assert.Single(_hub.Pushes.Commits);
    }

    [Fact]
    public async Task PushAsync_OtherVersion_SendsWhatChangedAndRemovesWhatItLacks()
    {
        _files["vocab.txt"] = "a"u8.ToArray();
        await PushAsync();
        _hub["org/support"].Files["samples.txt"] = "not of ours"u8.ToArray();
        (_files["config.json"], _) = ("{ }"u8.ToArray(), _files.Remove("vocab.txt"));

        var result = await PushAsync();

        Assert.Equal(["config.json"], result.Changed);
        Assert.Equal(["vocab.txt"], result.Deleted);
        Assert.Equal([.. _files.Keys.Append(".gitattributes").Append("samples.txt").Order()], _hub["org/support"].Names.Order());
    }

    [Fact]
    public async Task PushAsync_UploadIsCut_IsTriedAgain()
    {
        Cut("far/lfs", times: 2);

        await PushAsync();

        Assert.Equal(4, Sent.Count());
        Assert.Equal(2, _clock.Pauses.Count);
        Assert.Equal(_files[Weights], _hub["org/support"].Files[Weights]);
    }

    [Fact]
    public async Task PushAsync_EarlierOneWasCut_SendsOnlyTheRest()
    {
        using (var stop = new CancellationTokenSource())
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PushAsync(progress: (file, _) =>
            {
                if (file.Name == Onnx)
                {
                    stop.Cancel();
                }
            }, cancellation: stop.Token));
        }

        Assert.Empty(_hub.Pushes.Commits); // nobody sees half of it
        _hub.Requests.Clear();

        var result = await PushAsync();

        Assert.Equal([Onnx], result.Sent);
        Assert.Single(Sent);
        Assert.Equal(_files[Weights], _hub["org/support"].Files[Weights]);
    }

    [Theory]
    [InlineData("/api/repos/create")]
    [InlineData("/preupload/")]
    [InlineData("/objects/batch")]
    [InlineData("far/lfs")]
    [InlineData("/verify/")]
    [InlineData("/commit/")]
    public async Task PushAsync_HubIsBusy_WaitsAsLongAsItSays(string path)
    {
        _hub.Fail(path, 429, retryAfter: "7");
        _hub.Fail(path, 503);

        await PushAsync();

        Assert.Equal(TimeSpan.FromSeconds(7), _clock.Pauses.First());
        Assert.Equal(2, _clock.Pauses.Count);
        Assert.Single(_hub.Pushes.Commits);
    }

    [Fact]
    public async Task PushAsync_HubStaysBusy_SaysSo()
    {
        _hub.Fail("/preupload/", 503, times: 6);

        var refusal = await Assert.ThrowsAsync<HubException>(() => PushAsync());

        Assert.Equal("127.0.0.1 does not take 'org/support@main' now: it answers 503.", refusal.Message);
    }

    [Theory]
    [InlineData("of nobody", "does not know the token in HF_TOKEN: it answers 401 (Invalid username or password). Make one with the right to write to repositories of 'org'")]
    [InlineData(TestHubPushes.Reader, "The token in HF_TOKEN may not make the repository 'org/support': the hub answers 403 (You don't have the rights to do this). It needs the right to write to repositories of 'org'")]
    [InlineData(TestHubPushes.Limited, "may not make the repository 'org/support'")]
    public async Task PushAsync_TokenWithoutTheRight_SaysWhichIsMissing(string token, string message)
    {
        var refusal = await Assert.ThrowsAsync<HubException>(() => PushAsync(token));

        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
        Assert.Contains($"{_hub.Endpoint}/settings/tokens", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(_clock.Pauses);
    }

    [Fact]
    public async Task PushAsync_TokenForThatRepositoryOnly_MayPush()
    {
        _hub.Add("org/support");

        var result = await PushAsync(TestHubPushes.Limited);

        Assert.False(result.IsNew);
        Assert.Equal(_files[Weights], _hub["org/support"].Files[Weights]);
    }

    [Fact]
    public async Task PushAsync_TokenThatMayOnlyReadWhatIsThere_SaysWhichRightIsMissing()
    {
        _hub.Add("org/support");

        var refusal = await Assert.ThrowsAsync<HubException>(() => PushAsync(TestHubPushes.Reader));

        Assert.Contains("The token in HF_TOKEN may not write to 'org/support'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PushAsync_PrivateIntoWhatEverybodySees_SendsNothing()
    {
        _hub.Add("org/support");

        var refusal = await Assert.ThrowsAsync<HubException>(() => PushAsync(isPrivate: true));

        Assert.Contains("everybody may see it", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(["/api/repos/create", "/api/models/org/support"], _hub.Requests.Select(request => request.Path));
    }

    [Fact]
    public async Task PushAsync_OtherContentArrives_IsNotCommitted()
    {
        _hub.Fail("far/lfs", _hub.Pushes.DamageAsync);

        var refusal = await Assert.ThrowsAsync<HubException>(() => PushAsync());

        Assert.Contains($"did not get '{Weights}' as it is here", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("answers 422 (Invalid sha256)", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(_hub.Pushes.Commits);
    }

    [Fact]
    public async Task PushAsync_StoreOfLargeFilesRefuses_SaysWhichAndWhat()
    {
        _hub.Fail("far/lfs", 403);

        var refusal = await Assert.ThrowsAsync<HubException>(() => PushAsync());

        Assert.Equal($"127.0.0.1, where the hub keeps large files, does not take '{Weights}': it answers 403. Push again: what it has by then is not sent again.", refusal.Message);
    }

    [Theory]
    [InlineData("""{"objects":[]}""", "not understood")]
    [InlineData("no JSON", "not understood")]
    [InlineData("""{"objects":[{"oid":"OID","size":1,"error":{"code":413,"message":"too large"}}]}""", "does not take 'model.safetensors': too large.")]
    [InlineData("""{"objects":[{"oid":"OID","size":1,"actions":{"upload":{"href":"file:///etc/passwd"}}}]}""", "address of file, which is not followed")]
    [InlineData("""{"objects":[{"oid":"OID","size":1,"actions":{"upload":{"href":"/x","header":{"chunk_size":"10","1":"/y"}}}}]}""", "in 1 parts of 10, which is not all of it")]
    [InlineData("""{"objects":[{"oid":"OID","size":1,"actions":{"upload":{"href":"/x","header":{"chunk_size":"0"}}}}]}""", "which is not all of it")]
    public async Task PushAsync_AnswerThatCannotBeFollowed_IsRefused(string answer, string message)
    {
        var file = await PushedFile.OfAsync(Weights, _files[Weights], Cancellation);
        _hub.Fail("/objects/batch", context => context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(answer.Replace("OID", file.Sha256, StringComparison.Ordinal))).AsTask());

        var refusal = await Assert.ThrowsAsync<HubException>(() => PushAsync());

        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
        Assert.Empty(Sent);
    }

    [Fact]
    public async Task PushAsync_MirrorThatSendsOn_IsNotFollowed()
    {
        _hub.Fail("/api/repos/create", context =>
        {
            (context.Response.StatusCode, context.Response.Headers.Location) = (308, $"{_hub.FarEndpoint}/api/repos/create");
            return Task.CompletedTask;
        });

        var refusal = await Assert.ThrowsAsync<HubException>(() => PushAsync());

        Assert.Contains($"sends what is pushed on to {_hub.FarEndpoint}/api/repos/create: set HF_ENDPOINT", refusal.Message, StringComparison.Ordinal);
        Assert.Single(_hub.Requests);
    }

    [Fact]
    public async Task PushAsync_Branch_IsMade()
    {
        await PushAsync(target: new("org/support", "v2"));

        Assert.Equal("v2", Assert.Single(_hub.Pushes.Commits).Branch);
        Assert.Contains("v2", _hub["org/support"].Revisions);
    }

    [Fact]
    public async Task PushAsync_ProposalThatIsNotThere_SaysSo()
    {
        var refusal = await Assert.ThrowsAsync<HubException>(() => PushAsync(target: new("org/support", "refs/pr/9")));

        Assert.Contains("has no branch 'refs/pr/9'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PushAsync_HubIsSwitchedOff_AsksNothing()
    {
        using var client = new HubClient(new() { Endpoint = _hub.Endpoint, Token = TestHubPushes.Writer, Hub = new() { Enabled = false } }, _clock);

        var refusal = await Assert.ThrowsAsync<HubException>(() => new HubPush(client, Target).PushAsync([], [], "", false, null, Cancellation));

        Assert.Contains("switched off here (Hub__Enabled)", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(_hub.Requests);
    }

    /// <summary>Reads some bytes of the next uploads and cuts their connections.</summary>
    private void Cut(string path, int times) => _hub.Fail(
        path,
        async context =>
        {
            await context.Request.Body.ReadAtLeastAsync(new byte[50_000], 50_000);
            context.Abort();
        },
        times);

    private async Task<HubPushResult> PushAsync(
        string token = TestHubPushes.Writer, bool isPrivate = false, HubName? target = null, PieceSent? progress = null, CancellationToken? cancellation = null)
    {
        using var client = new HubClient(new() { Endpoint = _hub.Endpoint, Token = token }, _clock);
        var files = await Task.WhenAll(_files.Select(file => PushedFile.OfAsync(file.Key, file.Value, Cancellation)));
        return await new HubPush(client, target ?? Target).PushAsync(files, Names, "a message", isPrivate, progress, cancellation ?? Cancellation);
    }
}
