using System.Collections.Concurrent;
using Droptune.Core.Hub;
using Droptune.Core.Models;
using Droptune.TrainingJob.Commands;

namespace Droptune.TrainingJob.Tests.Commands;

/// <summary>Base models of the hub on the command line, with the user's own copies of them.</summary>
public sealed class HubCommandTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("droptune program ").FullName;
    private TestHub _hub = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Cache => Path.Combine(_folder, "cache");

    public async ValueTask InitializeAsync()
    {
        _hub = await TestHub.StartAsync();
        _hub.AddFolder("org/mini", BuiltInBase.Folder);
        Directory.CreateDirectory(Path.Combine(_folder, "data"));
        foreach (var (split, count) in new[] { ("train", 64), ("dev", 16), ("test", 16) })
        {
            var lines = Training.Some.Examples(count, seed: count).Select(example => JsonSerializer.Serialize(example, DroptuneJson.Compact));
            await File.WriteAllLinesAsync(Path.Combine(_folder, "data", $"{split}.jsonl"), lines, Cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Train_BaseOfTheHub_NamesItsCommitAndKeepsACopy()
    {
        var (exitCode, output) = await RunAsync("train", "data", "--out", "model", "--base", "org/mini", "--epochs", "1");
        _hub.Requests.Clear();
        var (again, _) = await RunAsync("validate", "data", "--base", "org/mini");

        Assert.True(exitCode == ExitCode.Done, output);
        Assert.Equal(ExitCode.Done, again);
        Assert.Empty(_hub.Requests);
        Assert.True(File.Exists(Path.Combine(Cache, $"org--mini@{TestHub.Commit}", "model.safetensors")));
        Assert.Contains($"\"name\": \"org/mini@{TestHub.Commit}\"", await File.ReadAllTextAsync(Path.Combine(_folder, "model", "training.json"), Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validate_ManifestNamesAModelOfTheHub_FetchesNoWeights()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "data", "dataset.json"), """{"baseModel":"org/mini@main"}""", Cancellation);

        var (exitCode, output) = await RunAsync("validate", "data", "--json");

        Assert.True(exitCode == ExitCode.Done, output);
        Assert.Contains($"\"name\": \"org/mini@{TestHub.Commit}\"", output, StringComparison.Ordinal);
        Assert.DoesNotContain(_hub.Requests, request => request.Path.StartsWith("far", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("org/nowhere", ExitCode.DataRejected, "The hub has no model 'org/nowhere' for us")]
    [InlineData("no folder", ExitCode.WrongUse, "There is no folder 'no folder': a base model is a folder, a model of the hub (org/name)")]
    public async Task Validate_BaseThatIsNone_SaysSo(string name, int expected, string message)
    {
        var (exitCode, output) = await RunAsync("validate", "data", "--base", name);

        Assert.Equal(expected, exitCode);
        Assert.Contains(message, output, StringComparison.Ordinal);
    }

    private async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        var lines = new ConcurrentQueue<string>();
        var settings = new Dictionary<string, string?> { [HubOptions.EndpointName] = _hub.Endpoint, ["Hub__Cache"] = Cache };
        await using var process = JobProgram.Start(arguments, settings, lines, _folder);
        return (await process.WaitAsync(Cancellation), string.Join('\n', lines));
    }
}
