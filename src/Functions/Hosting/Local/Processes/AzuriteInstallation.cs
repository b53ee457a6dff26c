using System.Security.Cryptography;

namespace Droptune.Functions.Hosting.Local.Processes;

/// <summary>Azurite as tools/azurite/package-lock.json has it, installed by npm when first needed and when the lock file changes.</summary>
internal static class AzuriteInstallation
{
    private static readonly IReadOnlyDictionary<string, string?> Inherited = new Dictionary<string, string?>();

    public static string Folder => Path.Combine(RepositoryFolder.Path, "tools", "azurite");

    /// <summary>Installs unless the installed version is the locked one; safe when several processes ask at once.</summary>
    public static async Task EnsureAsync(Action<string> report, CancellationToken cancellationToken)
    {
        if (await IsCurrentAsync(cancellationToken))
        {
            return;
        }

        await using var turn = await WaitForTurnAsync(cancellationToken);
        if (await IsCurrentAsync(cancellationToken))
        {
            return;
        }

        report("Installing Azurite, the storage emulator (once, about a minute)");
        await InstallAsync(cancellationToken);
        await File.WriteAllTextAsync(Stamp, await LockHashAsync(cancellationToken), cancellationToken);
    }

    // npm clears node_modules before it installs, so a stamp in there never vouches for half an installation.
    private static string Stamp => Path.Combine(Folder, "node_modules", ".installed");

    private static async Task<bool> IsCurrentAsync(CancellationToken cancellationToken) =>
        File.Exists(Stamp)
        && await File.ReadAllTextAsync(Stamp, cancellationToken) == await LockHashAsync(cancellationToken);

    private static async Task<string> LockHashAsync(CancellationToken cancellationToken)
    {
        var content = await File.ReadAllBytesAsync(Path.Combine(Folder, "package-lock.json"), cancellationToken);
        return Convert.ToHexStringLower(SHA256.HashData(content));
    }

    private static async Task<FileStream> WaitForTurnAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(RepositoryFolder.Data);
        var path = Path.Combine(RepositoryFolder.Data, "azurite-install.lock");
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (!DiskSpace.IsExhausted(e))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(300), cancellationToken);
            }
        }
    }

    private static async Task InstallAsync(CancellationToken cancellationToken)
    {
        var output = new List<string>();
        // The packages' install scripts only print advertisements.
        string[] arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
        await using var npm = OperatingSystem.IsWindows()
            ? ChildProcess.Start("cmd", ["/c", "npm", .. arguments], Inherited, Folder, Collect) // npm is a .cmd file there
            : StartNpm(arguments, Collect);
        int exitCode;
        try
        {
            exitCode = await npm.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            npm.Kill();
            throw;
        }

        if (exitCode != 0)
        {
            throw new LocalSetupException(Explain(string.Join(' ', output)));
        }

        void Collect(string line)
        {
            lock (output)
            {
                output.Add(line);
            }
        }
    }

    private static ChildProcess StartNpm(string[] arguments, Action<string> onLine)
    {
        try
        {
            return ChildProcess.Start("npm", arguments, Inherited, Folder, onLine);
        }
        catch (LocalSetupException e)
        {
            throw new LocalSetupException("Azurite needs Node.js, and 'npm' is not in the PATH: install Node.js 20 or later (https://nodejs.org) and start again.", e);
        }
    }

    internal static string Explain(string output) => output switch
    {
        _ when output.Contains("ENOSPC", StringComparison.Ordinal) =>
            $"Azurite could not be installed, the disk is full: free 500 MB for {Folder} and start again.",
        _ when output.Contains("is not recognized", StringComparison.Ordinal) =>
            "Azurite needs Node.js, and 'npm' is not in the PATH: install Node.js 20 or later (https://nodejs.org) and start again.",
        _ when NetworkErrors.Any(code => output.Contains(code, StringComparison.Ordinal)) =>
            "Azurite could not be installed, npm does not reach its registry: connect to the network (needed once) or check 'npm ping', and start again.",
        _ => $"Azurite could not be installed: run 'npm ci' in {Folder} and see what stops it ({Shorten(output)})",
    };

    private static readonly string[] NetworkErrors = ["ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "ECONNREFUSED", "ECONNRESET", "ENETUNREACH", "ENOTCACHED"];

    private static string Shorten(string output) => output.Length > 300 ? output[..300] + "…" : output;
}
