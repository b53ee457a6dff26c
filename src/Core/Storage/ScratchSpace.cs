namespace Droptune.Core.Storage;

/// <summary>
/// Folders for work in progress. Each process holds a lock as long as it lives, and whoever starts deletes what those whose lock is free
/// left behind: process ids would not tell, as containers that share a disk all count from one.
/// </summary>
public sealed class ScratchSpace : IDisposable
{
    private const string LockExtension = ".lock";

    private readonly string _own;
    private readonly FileStream _lock;
    private int _folders;

    /// <param name="root">Where the folders lie; several processes may share it. Null = a place of this user among temporary files.</param>
    public ScratchSpace(string? root = null)
    {
        root ??= Path.Combine(Path.GetTempPath(), $"droptune-{Environment.UserName}");
        Directory.CreateDirectory(root);
        Sweep(root);
        while (true)
        {
            _own = Path.Combine(root, Guid.NewGuid().ToString("n"));
            if (Lock(_own + LockExtension, FileMode.CreateNew) is { } file)
            {
                _lock = file;
                break; // otherwise another process took it for one that was left behind, between its making and its locking
            }
        }
    }

    /// <summary>A new folder, which goes with the result.</summary>
    public ScratchFolder NewFolder()
    {
        var path = Path.Combine(_own, $"{Interlocked.Increment(ref _folders)}");
        Directory.CreateDirectory(path);
        return new(path);
    }

    public void Dispose() => Remove(_own, _lock);

    private static void Sweep(string root)
    {
        foreach (var path in Directory.GetFiles(root, "*" + LockExtension))
        {
            if (Lock(path, FileMode.Open) is { } file)
            {
                Remove(path[..^LockExtension.Length], file);
            }
        }
    }

    /// <summary>Null when another process has it, or had and removed it.</summary>
    private static FileStream? Lock(string path, FileMode mode)
    {
        try
        {
            return new FileStream(path, mode, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static void Remove(string folder, FileStream held)
    {
        using (held)
        {
            new ScratchFolder(folder).Dispose();
        }
    }
}

/// <summary>A folder that is deleted when it is disposed, with all that is in it.</summary>
public readonly record struct ScratchFolder(string Path) : IDisposable
{
    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is gone, or a system that locks open files still has some open: the next sweep takes them.
        }
    }
}
