using System.Net;
using Droptune.Core.Hub;

namespace Droptune.Core.Tests.Hub;

public sealed class HubDownloadTests : IAsyncLifetime
{
    private const string Weights = "model.safetensors";
    private static readonly HubName Model = new("org/bert", TestHub.Commit);
    private static readonly byte[] Content = [.. Enumerable.Range(0, 1_000_000).Select(i => (byte)(i * 7 / 3))];

    private readonly HurriedClock _clock = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("droptune hub ").FullName;
    private TestHub _hub = null!;
    private HubClient _client = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IEnumerable<TestHub.Request> Downloads => _hub.Requests.Where(request => request.Path.StartsWith("far", StringComparison.Ordinal));

    private IEnumerable<string> Names => Directory.GetFiles(_folder).Select(path => Path.GetFileName(path));

    public async ValueTask InitializeAsync()
    {
        _hub = await TestHub.StartAsync();
        _hub.Add("org/bert", (Weights, Content), ("config.json", "{}"u8.ToArray()), ("empty.txt", []));
        _client = new HubClient(new() { Endpoint = _hub.Endpoint }, _clock);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _hub.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(Weights)]
    [InlineData("config.json")]
    [InlineData("empty.txt")]
    public async Task FetchAsync_File_IsThereUnderItsName(string name)
    {
        await FetchAsync(name);

        Assert.Equal([name], Names);
        Assert.Equal(name == Weights ? Content : name == "empty.txt" ? [] : "{}"u8.ToArray(), await File.ReadAllBytesAsync(Path.Combine(_folder, name), Cancellation));
    }

    [Fact]
    public async Task FetchAsync_FileThatIsThere_IsNotAskedFor()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, Weights), "mine", Cancellation);

        await FetchAsync(Weights);

        Assert.Empty(Downloads);
    }

    [Fact]
    public async Task FetchAsync_ConnectionIsCut_GoesOnFromThereInTheSameState()
    {
        _hub.Cut(afterBytes: 300_000, times: 2);

        await FetchAsync(Weights);

        var downloads = Downloads.ToList();
        Assert.Equal(3, downloads.Count);
        Assert.Equal(["", "\"of the far host\"", "\"of the far host\""], downloads.Select(request => request.IfMatch));
        Assert.All(downloads[1..], request => Assert.Matches("^bytes=[1-9][0-9]*-$", request.Range));
        Assert.Equal(Content, await File.ReadAllBytesAsync(Path.Combine(_folder, Weights), Cancellation));
        Assert.Empty(_clock.Pauses); // each try brought something
    }

    [Fact]
    public async Task FetchAsync_EarlierProcessWasKilled_GoesOnWithItsPart()
    {
        var file = await _client.DescribeAsync(Model, Weights, Cancellation);
        await File.WriteAllBytesAsync(Path.Combine(_folder, HubDownload.PartOf(file)), Content[..400_000], Cancellation);
        var arrived = new MemoryStream();

        await FetchAsync(Weights, arrived);

        Assert.Equal("bytes=400000-", Assert.Single(Downloads).Range);
        Assert.Equal(Content[400_000..], arrived.ToArray());
        Assert.Equal(Content, await File.ReadAllBytesAsync(Path.Combine(_folder, Weights), Cancellation));
    }

    /// <summary>A part may end with its last byte, and before it was checked.</summary>
    [Theory]
    [InlineData(1_000_000, 0)]
    [InlineData(1_000_001, 1)]
    public async Task FetchAsync_PartIsWhole_IsCheckedAndNamed(int length, int downloads)
    {
        var file = await _client.DescribeAsync(Model, Weights, Cancellation);
        await File.WriteAllBytesAsync(Path.Combine(_folder, HubDownload.PartOf(file)), [.. Content, .. new byte[length - Content.Length]], Cancellation);

        await FetchAsync(Weights);

        Assert.Equal(downloads, Downloads.Count());
        Assert.Equal([Weights], Names);
    }

    [Fact]
    public async Task FetchAsync_HubKnowsNoRanges_TakesWhatIsMissing()
    {
        _hub.Cut(afterBytes: 300_000);
        _hub.Fail("far", context => context.Response.Body.WriteAsync(Content).AsTask());

        await FetchAsync(Weights);

        Assert.Equal(Content, await File.ReadAllBytesAsync(Path.Combine(_folder, Weights), Cancellation));
    }

    [Theory]
    [InlineData(HttpStatusCode.PreconditionFailed)]
    [InlineData(HttpStatusCode.RequestedRangeNotSatisfiable)]
    [InlineData(HttpStatusCode.Forbidden)] // an address that is signed for some minutes only
    [InlineData(HttpStatusCode.BadGateway)]
    public async Task FetchAsync_FarHostRefusesTheRest_AsksTheHubAnew(HttpStatusCode status)
    {
        _hub.Cut(afterBytes: 300_000);
        _hub.Fail("far", (int)status);

        await FetchAsync(Weights);

        Assert.Equal(Content, await File.ReadAllBytesAsync(Path.Combine(_folder, Weights), Cancellation));
        Assert.Equal("", Downloads.Last().IfMatch);
    }

    [Fact]
    public async Task FetchAsync_OtherBytesThanTheHubStates_LeavesNothing()
    {
        _hub.Add("org/bert", (Weights, Content)).StatedHash[Weights] = new string('a', 64);

        var refusal = await Assert.ThrowsAsync<HubException>(() => FetchAsync(Weights));

        Assert.StartsWith($"'{Weights}' of '{Model}' came damaged: its SHA-256 is ", refusal.Message, StringComparison.Ordinal);
        Assert.True(refusal.IsTransient);
        Assert.Empty(Names);
    }

    [Fact]
    public async Task FetchAsync_SmallFileOfOtherBytes_LeavesNothing()
    {
        _hub.Add("org/bert", ("config.json", "{}"u8.ToArray())).StatedHash["config.json"] = new string('a', 40);

        var refusal = await Assert.ThrowsAsync<HubException>(() => FetchAsync("config.json"));

        Assert.Contains("git's SHA-1", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(Names);
    }

    [Theory]
    [InlineData("400000", "is longer than the 400000 bytes")]
    [InlineData("2000000", "after 1000000 of 2000000 bytes")]
    public async Task FetchAsync_OtherSizeThanTheHubStates_IsRefused(string size, string message)
    {
        _hub.Add("org/bert", (Weights, Content)).StatedSize[Weights] = size;

        // What is asked for behind the end: a hub that sends nothing more.
        _hub.Fail("far", context => context.Response.Body.WriteAsync(Content).AsTask(), times: 10);

        Assert.Contains(message, (await Assert.ThrowsAsync<HubException>(() => FetchAsync(Weights))).Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Weights, Names);
    }

    [Fact]
    public async Task FetchAsync_Cancelled_KeepsThePart()
    {
        _hub.HoldAfter = 500_000;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await new HubDownload(_client, Model, _folder).FetchAsync(
            await _client.DescribeAsync(Model, Weights, Cancellation), (_, _, _, _) => stop.CancelAsync(), stop.Token));

        Assert.True(HubDownload.IsPart(Assert.Single(Names)));
    }

    private async Task FetchAsync(string name, MemoryStream? arrived = null) => await new HubDownload(_client, Model, _folder).FetchAsync(
        await _client.DescribeAsync(Model, name, Cancellation),
        arrived is null ? null : (_, _, piece, cancellation) => arrived.WriteAsync(piece, cancellation).AsTask(),
        Cancellation);
}
