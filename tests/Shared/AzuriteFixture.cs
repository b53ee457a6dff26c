using Droptune.Functions.Hosting.Local.Processes;

[assembly: AssemblyFixture(typeof(AzuriteFixture))]

namespace Droptune.Tests;

/// <summary>
/// One Azurite for all tests of an assembly, started when the first one asks; each asks for an empty account of its own.
/// A test class takes it in its constructor.
/// </summary>
public sealed class AzuriteFixture : IAsyncDisposable
{
    private const int Accounts = 200;
    private const string Key = "ZHJvcHR1bmU="; // Azurite takes any key of its list

    private readonly Lazy<Task<AzuriteProcess>> _azurite = new(StartAsync);
    private int _given;

    /// <summary>The connection string of an account that holds nothing yet.</summary>
    public async Task<string> NewAccountAsync()
    {
        var azurite = await _azurite.Value;
        var number = Interlocked.Increment(ref _given);
        if (number > Accounts)
        {
            throw new InvalidOperationException($"More than {Accounts} tests asked for an account: raise the number in {nameof(AzuriteFixture)}.");
        }

        var endpoints = azurite.Addresses.Select(service => $"{service.Key}Endpoint={new Uri(service.Value, Name(number))}");
        return $"DefaultEndpointsProtocol=http;AccountName={Name(number)};AccountKey={Key};{string.Join(';', endpoints)}";
    }

    public async ValueTask DisposeAsync()
    {
        if (_azurite.IsValueCreated)
        {
            await (await _azurite.Value).DisposeAsync();
        }
    }

    private static Task<AzuriteProcess> StartAsync()
    {
        var accounts = string.Join(';', Enumerable.Range(1, Accounts).Select(number => $"{Name(number)}:{Key}"));
        return AzuriteProcess.StartAsync((0, 0, 0), dataFolder: null, accounts, Console.Error.WriteLine, CancellationToken.None);
    }

    private static string Name(int number) => number.ToString("'test'000", CultureInfo.InvariantCulture);
}
