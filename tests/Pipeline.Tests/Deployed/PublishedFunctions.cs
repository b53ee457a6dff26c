using System.Collections.Concurrent;
using Droptune.Functions.Hosting.Local.Processes;

[assembly: AssemblyFixture(typeof(Droptune.Pipeline.Tests.Deployed.PublishedFunctions))]

namespace Droptune.Pipeline.Tests.Deployed;

/// <summary>
/// What Azure gets, by the command that azd runs, once for all tests and when the first one asks. It is built in a folder of its
/// own, and only what changed since the last time.
/// </summary>
public sealed class PublishedFunctions
{
    private static readonly string Artifacts = Path.Combine(RepositoryFolder.Path, "artifacts", "deployed");
    private readonly Lazy<Task<string>> _output = new(PublishAsync);

    public static string Folder => Path.Combine(Artifacts, "publish", "Functions", "release_linux-x64");

    /// <summary>Publishes, if nobody did yet; returns what the command said.</summary>
    public Task<string> EnsureAsync() => _output.Value;

    public static JsonElement Read(string name) => JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, name))).RootElement;

    /// <summary>Publishes the flavour of a local run, as it was built for the tests; returns where.</summary>
    public static async Task<string> PublishLocalAsync()
    {
        var folder = Path.Combine(RepositoryFolder.Path, "artifacts", "local");
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        await RunAsync(folder, ["publish", "src/Functions", "-c", configuration, "-p:FunctionsHost=Local", "--no-build", "-o", folder]);
        return folder;
    }

    private static Task<string> PublishAsync() =>
        // A build server would hold the output open after the command has ended.
        RunAsync(Folder, ["publish", "src/Functions", "-c", "Release", "--artifacts-path", Artifacts, "--disable-build-servers"]);

    private static async Task<string> RunAsync(string folder, string[] publish)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true); // publishing leaves what is not published any more
        }

        var lines = new ConcurrentQueue<string>();
        await using var process = ChildProcess.Start("dotnet", publish, new Dictionary<string, string?>(), RepositoryFolder.Path, lines.Enqueue);
        var exitCode = await process.WaitAsync();
        var output = string.Join('\n', lines);
        return exitCode == 0 ? output : throw new InvalidOperationException(output);
    }
}
