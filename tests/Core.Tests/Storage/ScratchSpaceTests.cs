using System.Diagnostics;
using Droptune.Core.Storage;

namespace Droptune.Core.Tests.Storage;

public sealed class ScratchSpaceTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("scratch-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void NewFolder_OfALivingSpace_IsLeftAloneByAnother()
    {
        using var first = new ScratchSpace(_root);
        using var folder = first.NewFolder();
        File.WriteAllText(Path.Combine(folder.Path, "work"), "");

        using var second = new ScratchSpace(_root);

        Assert.True(File.Exists(Path.Combine(folder.Path, "work")));
    }

    [Fact]
    public void Dispose_OfSpaceAndFolder_LeaveNothing()
    {
        using (var space = new ScratchSpace(_root))
        {
            using (space.NewFolder())
            {
            }

            Assert.Empty(Directory.GetDirectories(_root).SelectMany(Directory.GetDirectories));
            space.NewFolder();
        }

        Assert.Empty(Directory.GetFileSystemEntries(_root));
    }

    [Fact]
    public void Start_AfterAKilledProcess_RemovesWhatItLeftAndNothingElse()
    {
        var left = Path.Combine(_root, "left");
        Directory.CreateDirectory(Path.Combine(left, "1", "snapshot"));
        File.WriteAllText(left + ".lock", ""); // a lock ends with its process, its file does not
        File.WriteAllText(Path.Combine(_root, "foreign"), "");
        Directory.CreateDirectory(Path.Combine(_root, "models"));

        using var space = new ScratchSpace(_root);

        Assert.Equal(["foreign", "models"], Directory.GetFileSystemEntries(_root).Select(Path.GetFileName).Where(name => name is "left" or "left.lock" or "models" or "foreign").Order());
    }

    [Fact]
    public void Start_BesideALivingProcess_LeavesItsFolder()
    {
        // Locks of this process's own would not tell whether those of others are seen.
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("flock(1) is a program of Linux.");
        }

        var other = Path.Combine(_root, "other");
        Directory.CreateDirectory(other);
        File.WriteAllText(other + ".lock", "");
        using var holder = Process.Start(new ProcessStartInfo("flock", ["-x", other + ".lock", "-c", "echo held; read line"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Assert.Equal("held", holder.StandardOutput.ReadLine());

        using (new ScratchSpace(_root))
        {
            Assert.True(Directory.Exists(other));
        }

        holder.StandardInput.Close();
        holder.WaitForExit();
        using (new ScratchSpace(_root))
        {
            Assert.False(Directory.Exists(other));
        }
    }
}
