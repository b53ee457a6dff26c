using System.Net;
using System.Text.RegularExpressions;

namespace Droptune.Functions.Tests.Ui;

/// <summary>The page over HTTP: complete, cached as its files allow, and closed to everything but its own origin.</summary>
[Collection(nameof(SharedHost))]
public sealed partial class ShowPageTests(LocalHostFixture host)
{
    [Fact]
    public async Task Get_Root_LeadsToThePage()
    {
        using var response = await host.Http.GetAsync("/", TestContext.Current.CancellationToken);

        Assert.Equal("/api/ui", response.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("<title>Droptune</title>", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_FilesThatThePageNames_AreThereAndNeverChange()
    {
        var page = await host.Http.GetStringAsync("ui", TestContext.Current.CancellationToken);
        var addresses = Address().Matches(page).Select(match => match.Groups[1].Value).ToList();

        Assert.Equal(["css", "js", "svg"], addresses.Select(address => address.Split('.')[^1]).Order());
        foreach (var address in addresses)
        {
            using var response = await host.Http.GetAsync(address, TestContext.Current.CancellationToken);

            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal("public, max-age=31536000, immutable", response.Headers.CacheControl?.ToString());
        }
    }

    [Fact]
    public async Task Get_PageThatTheBrowserHas_IsNotSentAgain()
    {
        using var first = await host.Http.GetAsync("ui", TestContext.Current.CancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, "ui");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);

        using var second = await host.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.True(first.Headers.CacheControl?.NoCache);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Empty(await second.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("gzip, br", "gzip")]
    [InlineData("gzip;q=0, br", null)]
    [InlineData(null, null)]
    public async Task Get_Page_IsCompressedForWhoTakesIt(string? accepted, string? expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "ui");
        if (accepted is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);
        }

        using var response = await host.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(expected, response.Content.Headers.ContentEncoding.SingleOrDefault());
        var start = (await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken))[..2];
        Assert.Equal(expected is null ? "<!"u8 : [0x1f, 0x8b], start);
    }

    [Fact]
    public async Task Get_Page_MayLoadOnlyItsOwnOriginAndNoInlineScript()
    {
        using var response = await host.Http.GetAsync("ui", TestContext.Current.CancellationToken);

        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_UnknownFile_IsAProblem() =>
        await host.Http.GetAsync("ui/app-0000000000.js", TestContext.Current.CancellationToken).ProblemAsync(404, "unknown-path");

    [GeneratedRegex("(?:src|href)=\"([^\"]+)\"")]
    private static partial Regex Address();
}
