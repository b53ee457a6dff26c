using System.Runtime.InteropServices;
using Droptune.TrainingJob.Torch;

namespace Droptune.TrainingJob.Tests.Torch;

public sealed partial class LibTorchSharpPatchTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("droptune patch ").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Apply_ImageWithTheMarker_RenamesItAndIsDoneOnce()
    {
        var image = Some.ElfImage();

        Assert.True(LibTorchSharpPatch.Apply(image));
        Assert.False(LibTorchSharpPatch.Apply(image));

        Assert.True(image.AsSpan().IndexOf("sched_yield\0"u8) > 0);
        Assert.Equal(2, image[Some.NeedFlags]); // VER_FLG_WEAK
        Assert.Equal([0, 0, 3, 0, 2, 0], image[Some.Versions..(Some.Versions + 6)]); // only the marker moved, to libc's version
    }

    [Fact]
    public void ApplyInFolder_HardLinkedFile_LeavesTheOtherNameAlone()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the patch is for Linux");
        var original = Path.Combine(_folder, "in the package cache");
        var linked = Path.Combine(_folder, "libLibTorchSharp.so");
        File.WriteAllBytes(original, Some.ElfImage());
        Assert.Equal(0, Link(original, linked));
        var written = File.GetLastWriteTimeUtc(original);

        Parallel.For(0, 8, _ => LibTorchSharpPatch.ApplyInFolder(_folder));

        Assert.Equal(Some.ElfImage(), File.ReadAllBytes(original));
        Assert.NotEqual(Some.ElfImage(), File.ReadAllBytes(linked));
        Assert.Equal(written, File.GetLastWriteTimeUtc(linked));
        Assert.Equal(2, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public void ApplyInFolder_FileThatCannotBeReplaced_SaysWhatToDo()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the patch is for Linux");
        var folder = _folder; // so deep that the longer name of the new file is refused, to root as well
        while (folder.Length < 3850)
        {
            folder = Path.Combine(folder, new string('x', 200));
        }

        folder = Directory.CreateDirectory(Path.Combine(folder, new string('x', 4064 - folder.Length))).FullName;
        File.WriteAllBytes(Path.Combine(folder, "libLibTorchSharp.so"), Some.ElfImage());

        var error = Assert.Throws<InvalidOperationException>(() => LibTorchSharpPatch.ApplyInFolder(folder));

        Assert.Contains("Make the folder writable", error.Message, StringComparison.Ordinal);
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string added);

    /// <summary>A minimal ELF image: a null symbol, the marker, another symbol of libstdc++.</summary>
    private static class Some
    {
        public const int Versions = 0x100;
        public const int NeedFlags = 0x200 + 16 + 4;

        public static byte[] ElfImage()
        {
            var image = new byte[0x400];
            Write64(40, 0x300); // section headers
            Write16(58, 64);
            Write16(60, 5);
            var text = "\0_ZSt21ios_base_library_initv\0other\0GLIBCXX_3.4.32\0GLIBC_2.2.5\0libstdc++.so.6\0libc.so.6\0";
            Encoding.ASCII.GetBytes(text).CopyTo(image, 0x180);

            Write32(0x80 + 24, At("_ZSt21ios_base_library_initv"));
            Write32(0x80 + 48, At("other"));
            Write16(Versions + 2, 4);
            Write16(Versions + 4, 2);

            Need(0x200, "libstdc++.so.6", "GLIBCXX_3.4.32", version: 4, next: 32);
            Need(0x220, "libc.so.6", "GLIBC_2.2.5", version: 3, next: 0);

            Array.Resize(ref image, 0x300 + (5 * 64));
            Section(1, 11, 0x80, 72, link: 2);
            Section(2, 3, 0x180, text.Length, link: 0);
            Section(3, 0x6fffffff, Versions, 6, link: 1);
            Section(4, 0x6ffffffe, 0x200, 64, link: 2);
            return image;

            int At(string name) => text.IndexOf('\0' + name + '\0', StringComparison.Ordinal) + 1;

            void Need(int at, string file, string name, ushort version, int next)
            {
                Write16(at, 1);
                Write16(at + 2, 1);
                Write32(at + 4, At(file));
                Write32(at + 8, 16);
                Write32(at + 12, next);
                Write16(at + 16 + 6, version);
                Write32(at + 16 + 8, At(name));
            }

            void Section(int index, int type, int offset, int size, int link)
            {
                var at = 0x300 + (64 * index);
                Write32(at + 4, type);
                Write32(at + 24, offset);
                Write32(at + 32, size);
                Write32(at + 40, link);
            }

            void Write16(int at, ushort value) => BitConverter.TryWriteBytes(image.AsSpan(at), value);
            void Write32(int at, int value) => BitConverter.TryWriteBytes(image.AsSpan(at), value);
            void Write64(int at, long value) => BitConverter.TryWriteBytes(image.AsSpan(at), value);
        }
    }
}
