using System.Collections.Concurrent;
using Droptune.Functions.Hosting.Local.Processes;

namespace Droptune.TrainingJob.Tests;

/// <summary>The training job as a process: where it is built itself, as beside the tests lies what they need.</summary>
internal static class JobProgram
{
    private static readonly string Path = AppContext.BaseDirectory.Replace(
        System.IO.Path.Combine("tests", "TrainingJob.Tests"), System.IO.Path.Combine("src", "TrainingJob"), StringComparison.Ordinal) + "Droptune.TrainingJob.dll";

    public static ChildProcess Start(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment, ConcurrentQueue<string> lines, string? folder = null) =>
        ChildProcess.Start("dotnet", [Path, .. arguments], environment, folder ?? AppContext.BaseDirectory, lines.Enqueue);
}
