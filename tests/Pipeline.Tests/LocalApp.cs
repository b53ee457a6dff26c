using Droptune.Functions.Hosting.Local;
using Microsoft.AspNetCore.Builder;

namespace Droptune.Pipeline.Tests;

/// <summary>The product with the functions of a local run, in this process.</summary>
public class LocalApp(AzuriteFixture azurite) : App(azurite)
{
    private WebApplication _host = null!;

    /// <summary>Settings of the functions beyond those that every test has.</summary>
    protected virtual IEnumerable<string> Settings => [];

    protected override async Task<HttpClient> StartFunctionsAsync(IReadOnlyDictionary<string, string?> settings)
    {
        _host = LocalHost.Build(["--urls", "http://127.0.0.1:0", .. Settings, .. settings.Select(setting => $"--{setting.Key}={setting.Value}")]);
        await _host.StartAsync();
        return new HttpClient { BaseAddress = new Uri(_host.Urls.Single() + "/api/") };
    }

    protected override async Task StopFunctionsAsync()
    {
        await _host.StopAsync();
        await _host.DisposeAsync();
    }
}
