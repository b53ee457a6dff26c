using System.Diagnostics;
using System.Reflection;

namespace Droptune.Infra.Tests;

/// <summary>The pinned Bicep compiler, over a copy of <c>infra/bicep</c> (it writes beside its input).</summary>
internal static class BicepCompiler
{
    /// <summary>The copy, with <c>bicepconfig.json</c> in it.</summary>
    public static readonly string Folder = Copy();

    public static IEnumerable<string> SourceFiles =>
        Directory.EnumerateFiles(Repository.PathOf("infra", "bicep"), "*.bicep*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Repository.PathOf("infra", "bicep"), path))
            .Order(StringComparer.Ordinal);

    /// <summary>Runs the compiler; environment variables reach <c>readEnvironmentVariable</c>.</summary>
    public static (int ExitCode, string Output, string Messages) Run(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? folder = null)
    {
        var start = new ProcessStartInfo(Executable(), arguments)
        {
            WorkingDirectory = folder ?? Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var messages = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, messages.Result.Trim());
    }

    public static string Copy()
    {
        var copy = Directory.CreateTempSubdirectory("droptune-bicep-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(copy, recursive: true);
        foreach (var file in Directory.EnumerateFiles(Repository.PathOf("infra", "bicep"), "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy, Path.GetRelativePath(Repository.PathOf("infra", "bicep"), file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        File.Copy(Repository.PathOf("bicepconfig.json"), Path.Combine(copy, "bicepconfig.json"));
        return copy;
    }

    private static string Executable()
    {
        var path = typeof(BicepCompiler).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "BicepPath").Value!.Replace('\\', '/');
        if (!OperatingSystem.IsWindows())
        {
            // NuGet restores files without the right to execute.
            File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.UserExecute);
        }

        return path;
    }
}
