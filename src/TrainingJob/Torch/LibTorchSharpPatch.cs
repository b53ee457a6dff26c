using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Droptune.TrainingJob.Torch;

/// <summary>
/// Makes TorchSharp load on systems with a libstdc++ older than GCC 13's (Debian 12, Ubuntu 22.04): its
/// libLibTorchSharp.so asks for version GLIBCXX_3.4.32 only because of one symbol, a marker that newer headers emit and
/// older libraries do without. Where that symbol is missing, the version need is made weak and the symbol becomes a harmless libc one.
/// </summary>
internal static class LibTorchSharpPatch
{
    private const string FileName = "libLibTorchSharp.so";
    private const string Marker = "_ZSt21ios_base_library_initv";
    private const string Harmless = "sched_yield"; // takes no argument, has no effect, in every libc

    /// <summary>Does nothing where the installed libstdc++ has the symbol.</summary>
    public static void ApplyIfNeeded()
    {
        if (NativeLibrary.TryLoad("libstdc++.so.6", out var installed)
            && !NativeLibrary.TryGetExport(installed, Marker, out _))
        {
            // Beside libtorch: preloaded from another folder, TorchSharp would load libtorch twice and abort.
            ApplyInFolder(Path.Combine(AppContext.BaseDirectory, "runtimes", RuntimeInformation.RuntimeIdentifier, "native"));
            ApplyInFolder(AppContext.BaseDirectory); // a self-contained publish
        }
    }

    /// <summary>Replaces the file in <paramref name="folder"/>, if it is there and not yet changed.</summary>
    public static void ApplyInFolder(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return;
        }

        var image = File.ReadAllBytes(path);
        if (!Apply(image))
        {
            return;
        }

        // A new file moved over the old one, never a write into it: the build may have hard-linked it to the package cache,
        // and another process that starts now sees the old file or the new one, not half of it.
        var changed = $"{path}.{Guid.NewGuid():n}";
        try
        {
            File.WriteAllBytes(changed, image);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(changed, File.GetUnixFileMode(path));
            }

            File.SetLastWriteTimeUtc(changed, File.GetLastWriteTimeUtc(path)); // the next build sees nothing to copy
            File.Move(changed, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException(
                $"{path} needs a libstdc++ of GCC 13 or newer, this system has an older one, and the file cannot be adapted: "
                + $"{e.Message} Make the folder writable once, or install a newer libstdc++.",
                e);
        }
    }

    /// <summary>Changes the 64-bit ELF image; false when it does not need <see cref="Marker"/> (any more).</summary>
    public static bool Apply(Span<byte> image)
    {
        var name = image.IndexOf(Encoding.ASCII.GetBytes(Marker + '\0'));
        if (name < 0)
        {
            return false;
        }

        // Elf64_Ehdr: e_shoff at 40, e_shentsize at 58, e_shnum at 60. Elf64_Shdr: type 4, offset 24, size 32, link 40.
        var header = checked((int)BinaryPrimitives.ReadInt64LittleEndian(image[40..]));
        var (headerSize, headers) = (U16(image, 58), U16(image, 60));
        var (symbols, versions, needs) = (Section(image, 11), Section(image, 0x6fffffff), Section(image, 0x6ffffffe));
        var strings = SectionAt(image, symbols.Link);

        var (weakened, libc) = (0, 0);
        // Elf64_Verneed: cnt 2, file 4, aux 8, next 12. Elf64_Vernaux: flags 4, other 6, name 8, next 12.
        for (int need = needs.Offset, next = -1; next != 0; need += next)
        {
            var auxiliary = need + I32(image, need + 8);
            for (var left = U16(image, need + 2); left > 0; left--)
            {
                switch (Text(image, strings.Offset + I32(image, auxiliary + 8)))
                {
                    case "GLIBCXX_3.4.32":
                        BinaryPrimitives.WriteUInt16LittleEndian(image[(auxiliary + 4)..], 2); // VER_FLG_WEAK
                        weakened = U16(image, auxiliary + 6);
                        break;
                    case "GLIBC_2.2.5" when Text(image, strings.Offset + I32(image, need + 4)) == "libc.so.6":
                        libc = U16(image, auxiliary + 6);
                        break;
                }

                auxiliary += I32(image, auxiliary + 12);
            }

            next = I32(image, need + 12);
        }

        for (var symbol = 0; symbol < symbols.Size / 24; symbol++) // Elf64_Sym: name 0
        {
            var version = versions.Offset + (2 * symbol);
            if (U16(image, version) == weakened && strings.Offset + I32(image, symbols.Offset + (24 * symbol)) == name)
            {
                BinaryPrimitives.WriteUInt16LittleEndian(image[version..], (ushort)libc);
            }
        }

        Encoding.ASCII.GetBytes(Harmless + '\0').CopyTo(image[name..]);
        return true;

        (int Offset, int Size, int Link) SectionAt(Span<byte> elf, int index)
        {
            var at = header + (index * headerSize);
            return (I32(elf, at + 24), I32(elf, at + 32), I32(elf, at + 40));
        }

        (int Offset, int Size, int Link) Section(Span<byte> elf, int type)
        {
            for (var i = 0; i < headers; i++)
            {
                if (I32(elf, header + (i * headerSize) + 4) == type)
                {
                    return SectionAt(elf, i);
                }
            }

            throw new InvalidDataException($"{FileName} has no section of type 0x{type:x}");
        }
    }

    private static ushort U16(Span<byte> image, int at) => BinaryPrimitives.ReadUInt16LittleEndian(image[at..]);

    private static int I32(Span<byte> image, int at) => BinaryPrimitives.ReadInt32LittleEndian(image[at..]);

    private static string Text(Span<byte> image, int at) =>
        Encoding.ASCII.GetString(image.Slice(at, image[at..].IndexOf((byte)0)));
}
