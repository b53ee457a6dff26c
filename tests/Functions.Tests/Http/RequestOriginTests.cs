using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Droptune.Functions.Http;

namespace Droptune.Functions.Tests.Http;

[Collection(nameof(SharedHost))]
public partial class RequestOriginTests(LocalHostFixture host)
{
    /// <summary>Every call that changes something; a prediction does not.</summary>
    public static TheoryData<string, string> Changes() => new(
        from function in HttpFunction.All
        from method in function.Trigger.Methods!
        where !method.Equals("get", StringComparison.OrdinalIgnoreCase) && function.Name != "Predict"
        select (method, RouteParameter().Replace(function.Trigger.Route!, "nowhere")));

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Send_FromAnotherWebPage_IsRefused(string method, string path)
    {
        await SendAsync(method, path, ("Sec-Fetch-Site", "cross-site")).ProblemAsync(403, "foreign-origin");
        await SendAsync(method, path, ("Sec-Fetch-Site", "same-site")).ProblemAsync(403, "foreign-origin");
        await SendAsync(method, path, ("Origin", "https://evil.example")).ProblemAsync(403, "foreign-origin");
        await SendAsync(method, path, ("Origin", "null")).ProblemAsync(403, "foreign-origin");
        await SendAsync(method, path, contentType: "text/plain;charset=UTF-8").ProblemAsync(403, "foreign-origin");
        await SendAsync(method, path, contentType: "application/x-www-form-urlencoded").ProblemAsync(403, "foreign-origin");
        await SendAsync(method, path, contentType: "multipart/form-data; boundary=x").ProblemAsync(403, "foreign-origin");
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Send_FromAProgramOrTheOwnPage_IsLookedAt(string method, string path)
    {
        var own = host.Http.BaseAddress!.GetLeftPart(UriPartial.Authority);
        foreach (var header in new (string, string)?[] { null, ("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "none"), ("Origin", own) })
        {
            using var answer = await SendAsync(method, path, header);

            Assert.NotEqual(HttpStatusCode.Forbidden, answer.StatusCode);
        }
    }

    /// <summary>A browser sends none of these; a program can.</summary>
    [Theory]
    [InlineData("")]
    [InlineData(":80")]
    [InlineData("a b")]
    public async Task Send_ToAHostThatIsNoAddress_IsRefused(string name)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(host.Http.BaseAddress!.Host, host.Http.BaseAddress.Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"POST /api/datasets/nowhere/feedback/fold HTTP/1.1\r\nHost: {name}\r\nOrigin: https://evil.example\r\n"
                + $"x-functions-key: {LocalHostFixture.Key}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
            TestContext.Current.CancellationToken);

        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.StartsWith("HTTP/1.1 4", answer, StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> SendAsync(string method, string path, (string Name, string Value)? header = null, string contentType = "application/json")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent("{}") };
        request.Content.Headers.Remove("Content-Type");
        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        if (header is { } sent)
        {
            request.Headers.TryAddWithoutValidation(sent.Name, sent.Value);
        }

        return await host.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex RouteParameter();
}
