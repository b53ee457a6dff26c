using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Droptune.Infra.Tests.Docker;

/// <summary>
/// A Dockerfile that is followed without Docker: each stage is a folder, <c>COPY</c> copies, <c>RUN</c> runs on this machine.
/// Base images are taken as empty, so what a stage needs of its base must be installed here (the .NET SDK is).
/// </summary>
internal sealed partial class Dockerfile
{
    private readonly List<Stage> _stages = [];
    private readonly Dictionary<string, string> _arguments = [];
    private readonly string _context;

    public Dockerfile(string path, string context)
    {
        _context = context;
        foreach (var line in Lines(File.ReadAllText(path)))
        {
            var (instruction, rest) = (line.Split(' ')[0], line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..].Trim());
            switch (instruction)
            {
                case "FROM":
                    var from = From().Match(rest);
                    _stages.Add(new Stage(from.Groups["name"].Value, from.Groups["base"].Value));
                    break;
                case "ARG" when _stages.Count == 0:
                    _arguments[rest.Split('=')[0]] = rest.Split('=')[1];
                    break;
                default:
                    _stages[^1].Instructions.Add((instruction, rest));
                    break;
            }
        }
    }

    public IReadOnlyList<Stage> Stages => _stages;

    public Stage Last => _stages[^1];

    public Stage this[string name] => _stages.Single(stage => stage.Name == name);

    /// <summary>The files that a <c>COPY</c> from the context takes, as paths in it.</summary>
    public IEnumerable<string> FilesOf(string source)
    {
        var path = Path.Combine(_context, source.TrimEnd('/'));
        var files = Directory.Exists(path) ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories) : File.Exists(path) ? [path] : [];
        return files.Select(file => Path.GetRelativePath(_context, file)).Where(file => !IsIgnored(file));
    }

    /// <summary>Makes a stage, and first those it is built on, under <paramref name="root"/>; returns its folder.</summary>
    public string Build(Stage stage, string root, IReadOnlyDictionary<string, string> arguments)
    {
        var folder = Path.Combine(root, stage.Name);
        if (Directory.Exists(folder))
        {
            return folder;
        }

        Directory.CreateDirectory(folder);
        var parent = Expand(stage.Base, arguments);
        if (_stages.SingleOrDefault(each => each.Name == parent) is { } below)
        {
            CopyFolder(Build(below, root, arguments), folder);
            stage.WorkingFolder = below.WorkingFolder;
        }

        foreach (var (instruction, rest) in stage.Instructions)
        {
            switch (instruction)
            {
                case "WORKDIR":
                    stage.WorkingFolder = rest;
                    Directory.CreateDirectory(folder + rest);
                    break;
                case "COPY" when rest.StartsWith("--from=", StringComparison.Ordinal):
                    var (source, pattern, target) = CopyFrom(rest);
                    CopyMatching(Build(this[source], root, arguments) + pattern, Target(stage, folder, target));
                    break;
                case "COPY":
                    var words = rest.Split(' ');
                    foreach (var (from, file) in words[..^1].SelectMany(from => FilesOf(from).Select(file => (from, file))))
                    {
                        // A folder's content, not the folder, goes to the target; a file keeps its name.
                        var name = from.EndsWith('/') ? Path.GetRelativePath(from, file) : Path.GetFileName(file);
                        Copy(Path.Combine(_context, file), Path.Combine(Target(stage, folder, words[^1]), name));
                    }

                    break;
                case "RUN":
                    Run(Expand(rest, arguments), folder, folder + stage.WorkingFolder);
                    break;
            }
        }

        return folder;
    }

    /// <summary>Runs the entry point of a stage that was made, with other arguments than its <c>CMD</c>.</summary>
    public static (int ExitCode, string Output) RunEntryPoint(Stage stage, string folder, params string[] arguments)
    {
        var entry = JsonSerializer.Deserialize<string[]>(stage.Instructions.Single(each => each.Name == "ENTRYPOINT").Text)!;
        return Start(new ProcessStartInfo(entry[0], [.. entry[1..], .. arguments]) { WorkingDirectory = folder + stage.WorkingFolder });
    }

    private string Expand(string text, IReadOnlyDictionary<string, string> arguments) => Argument().Replace(
        text, match => arguments.GetValueOrDefault(match.Groups["name"].Value) ?? _arguments.GetValueOrDefault(match.Groups["name"].Value) ?? match.Value);

    // The last rule that fits decides; "!" takes back in.
    private bool IsIgnored(string file)
    {
        var ignored = false;
        foreach (var rule in File.ReadLines(Path.Combine(_context, ".dockerignore")).Where(rule => rule.Length > 0 && rule[0] != '#'))
        {
            var pattern = Regex.Escape(rule.TrimStart('!').TrimEnd('/')).Replace(@"\*\*/", "(?:.*/)?", StringComparison.Ordinal)
                .Replace(@"\*\*", ".*", StringComparison.Ordinal).Replace(@"\*", "[^/]*", StringComparison.Ordinal);
            if (Regex.IsMatch(file.Replace('\\', '/'), $"^{pattern}(?:/.*)?$"))
            {
                ignored = rule[0] != '!';
            }
        }

        return ignored;
    }

    private static string Target(Stage stage, string folder, string target) =>
        folder + (target.StartsWith('/') ? target : Path.GetFullPath(Path.Combine("/" + stage.WorkingFolder, target)));

    private static (string Stage, string Pattern, string Target) CopyFrom(string rest)
    {
        var words = rest["--from=".Length..].Split(' ');
        return (words[0], words[1], words[2]);
    }

    private static void CopyMatching(string pattern, string target)
    {
        if (Directory.Exists(pattern))
        {
            CopyFolder(pattern, target);
            return;
        }

        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(pattern)!, Path.GetFileName(pattern)))
        {
            Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }
    }

    private static void CopyFolder(string source, string target)
    {
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            Copy(file, Path.Combine(target, Path.GetRelativePath(source, file)));
        }
    }

    private static void Copy(string source, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Copy(source, target, overwrite: true);
    }

    // A stage's folder is its root: absolute paths of a command are moved under it.
    private static void Run(string command, string root, string workingFolder)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", AbsolutePath().Replace(command, $" {root}/")]) { WorkingDirectory = workingFolder };
        // The test runner's own build settings, and compilers left running, do not belong to an image's build.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        var (exitCode, output) = Start(start);
        Assert.True(exitCode == 0, $"RUN {command}\n{output}");
    }

    private static (int ExitCode, string Output) Start(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    // Instructions without comments, continued lines joined.
    private static IEnumerable<string> Lines(string text) => Continuation().Replace(text, " ").Split('\n')
        .Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#');

    [GeneratedRegex(@"^(?<base>\S+)(?: AS (?<name>\S+))?$")]
    private static partial Regex From();

    [GeneratedRegex(@"\$\{?(?<name>[A-Z_]+)\}?")]
    private static partial Regex Argument();

    [GeneratedRegex(@"(?<=\S) /(?=\w)")]
    private static partial Regex AbsolutePath();

    [GeneratedRegex(@"\\\n\s*")]
    private static partial Regex Continuation();

    internal sealed record Stage(string Name, string Base)
    {
        public List<(string Name, string Text)> Instructions { get; } = [];

        public string WorkingFolder { get; set; } = "/";
    }
}
