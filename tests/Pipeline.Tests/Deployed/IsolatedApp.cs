namespace Droptune.Pipeline.Tests.Deployed;

/// <summary>The product with the functions that are deployed.</summary>
public sealed class IsolatedApp(AzuriteFixture azurite, PublishedFunctions functions) : App(azurite)
{
    private WorkerHost? _host;
    private Platform? _platform;

    protected override async Task<HttpClient> StartFunctionsAsync(IReadOnlyDictionary<string, string?> settings)
    {
        await functions.EnsureAsync();
        await Storage.EnsureCreatedAsync(CancellationToken.None); // as the templates do
        _host = await WorkerHost.StartAsync(
            PublishedFunctions.Folder,
            settings.ToDictionary(setting => setting.Key.Replace(":", "__", StringComparison.Ordinal), setting => setting.Value),
            Console.Error.WriteLine,
            CancellationToken.None);
        _platform = new Platform(_host, Storage);
        return new HttpClient(new WorkerHttp(_host)) { BaseAddress = new Uri(_host.HttpAddress, "api/") };
    }

    protected override async Task StopFunctionsAsync()
    {
        await (_platform?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_host?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}
