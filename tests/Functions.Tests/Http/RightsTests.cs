using System.Net;
using System.Text.RegularExpressions;
using Droptune.Functions.Api;
using Droptune.Functions.Http;
using Microsoft.Azure.WebJobs.Extensions.Http;

namespace Droptune.Functions.Tests.Http;

/// <summary>Every route with every key, from another machine.</summary>
[Collection(nameof(SharedHost))]
public partial class RightsTests(LocalHostFixture host)
{
    private static readonly string[] Anonymous = ["Health", "ShowPage"];
    private static readonly string[] ForCallers = ["GiveFeedback", "Predict"];

    public static TheoryData<string, string, string> Routes() => new(
        from function in HttpFunction.All
        from method in function.Trigger.Methods!
        select (function.Name, method, RouteParameter().Replace(function.Trigger.Route!, "nowhere")));

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Send_EachKeyAndNone_OpensWhatItIsFor(string function, string method, string path)
    {
        Assert.Equal(Anonymous.Contains(function), await IsOpenAsync(method, path, key: null));
        Assert.Equal(Anonymous.Contains(function), await IsOpenAsync(method, path, key: ""));
        Assert.Equal(Anonymous.Contains(function), await IsOpenAsync(method, path, key: "wrong"));
        Assert.Equal(Anonymous.Contains(function) || ForCallers.Contains(function), await IsOpenAsync(method, path, LocalHostFixture.CallersKey));
        Assert.True(await IsOpenAsync(method, path, LocalHostFixture.Key));
    }

    [Fact]
    public void Levels_OfAllFunctions_AreTheKeyOfTheFunctionButForWhatIsOpen()
    {
        Assert.Equal(Anonymous, HttpFunction.All.Where(function => function.Trigger.AuthLevel == AuthorizationLevel.Anonymous).Select(function => function.Name).Order());
        Assert.All(HttpFunction.All.Where(function => !Anonymous.Contains(function.Name)), function => Assert.Equal(AuthorizationLevel.Function, function.Trigger.AuthLevel));
        Assert.Equal(ForCallers, HttpFunction.All.Where(function => function.IsForCallers).Select(function => function.Name).Order());
    }

    /// <summary>In Azure a caller's key is one of these functions: the page that gives it out must name them all, and no other.</summary>
    [Fact]
    public void Documentation_OfAzure_GivesCallersAKeyOfTheirFunctionsOnly()
    {
        var page = File.ReadAllText(Path.Combine(Path.GetDirectoryName(TestData.PathOf())!, "..", "docs", "azure.md"));

        Assert.Equal(ForCallers, FunctionsWithAKey().Match(page).Groups[1].Value.Split(' ').Order());
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Send_UnknownQueryParameter_IsRefusedWithItsNameAndTheKnownOnes(string function, string method, string path)
    {
        if (function == "ShowPage")
        {
            return; // for people, who may have come by any link
        }

        using var request = new HttpRequestMessage(new HttpMethod(method), $"{path}?nonsense=1&code={LocalHostFixture.Key}");
        var problem = await host.Http.SendAsync(request, TestContext.Current.CancellationToken).ProblemAsync(400, "unknown-parameter");

        Assert.Contains("'nonsense'", problem.Text("detail"), StringComparison.Ordinal);
        Assert.All(ApiOperation.All.Single(operation => operation.Function == function).Query, known => Assert.Contains(known.Name, problem.Text("detail"), StringComparison.Ordinal));
    }

    private async Task<bool> IsOpenAsync(string method, string path, string? key)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Host = "rebound.example";
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("x-functions-key", key);
        }

        using var answer = await host.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode != HttpStatusCode.Unauthorized;
    }

    [GeneratedRegex(@"\{\w+\??\}")]
    private static partial Regex RouteParameter();

    [GeneratedRegex(@"for function in ([\w ]+); do")]
    private static partial Regex FunctionsWithAKey();
}
