using System.Collections.Concurrent;
using Droptune.Functions.Hosting.Local.Processes;

namespace Droptune.Functions.Tests.Hosting;

/// <summary>What Azure gets, by the command that azd runs. It builds in a folder of its own, and only what changed since the last time.</summary>
public sealed class DeployedApp : IAsyncLifetime
{
    private static readonly string Artifacts = Path.Combine(RepositoryFolder.Path, "artifacts", "deployed");
    private readonly ConcurrentQueue<string> _output = [];

    public static string Folder => Path.Combine(Artifacts, "publish", "Functions", "release_linux-x64");

    /// <summary>What the command said.</summary>
    public string Output => string.Join('\n', _output);

    public static JsonElement Read(string name) => JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, name))).RootElement;

    public async ValueTask InitializeAsync()
    {
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true); // publishing leaves what is not published any more
        }

        // A build server would hold the output open after the command has ended.
        string[] publish = ["publish", "src/Functions", "-c", "Release", "--artifacts-path", Artifacts, "--disable-build-servers"];
        await using var process = ChildProcess.Start("dotnet", publish, new Dictionary<string, string?>(), RepositoryFolder.Path, _output.Enqueue);
        Assert.True(await process.WaitAsync() == 0, Output);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
