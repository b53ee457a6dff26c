using System.Runtime.InteropServices;

namespace Droptune.Core.Inference.Onnx;

/// <summary>
/// A stack for signal handlers (sigaltstack(2)) with room for the largest frames, and a page below it that nobody may touch,
/// so that an overflow cannot spoil other memory. Its pages take no memory until a signal comes.
/// </summary>
internal sealed partial class SignalStack
{
    public const int Size = 256 * 1024; // bytes; a frame with AMX's tiles has about 11,000, and .NET handles the signal on top of it

    // mman.h
    private const int None = 0;
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;

    private readonly nint _pages;
    private readonly int _guard = Environment.SystemPageSize;

    private SignalStack()
    {
        _pages = Map(0, _guard + Size, None, PrivateAnonymous, -1, 0);
        if (_pages == -1 || Protect(_pages + _guard, Size, ReadWrite) != 0)
        {
            throw new InvalidOperationException($"No memory for a signal stack: error {Marshal.GetLastPInvokeError()}");
        }
    }

    /// <summary>Null where the system needs none: AMX's tiles are used on Linux alone.</summary>
    public static SignalStack? Create() => OperatingSystem.IsLinux() ? new() : null;

    /// <summary>Bytes of the present thread's.</summary>
    public static long CurrentSize => Exchange(0, out var current) == 0 ? (long)current.Size : throw Failed();

    /// <summary>Makes it the present thread's, for as long as the thread lives: .NET frees its own at the end.</summary>
    public void Use()
    {
        var stack = new Stack { Start = _pages + _guard, Size = Size };
        if (Exchange(in stack, 0) != 0)
        {
            throw Failed();
        }
    }

    /// <summary>Only once its thread has ended.</summary>
    public void Free() => _ = Unmap(_pages, _guard + Size);

    private static InvalidOperationException Failed() => new($"sigaltstack failed with error {Marshal.GetLastPInvokeError()}");

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(nint address, nint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nint length);

    [LibraryImport("libc", EntryPoint = "sigaltstack", SetLastError = true)]
    private static partial int Exchange(in Stack stack, nint none);

    [LibraryImport("libc", EntryPoint = "sigaltstack", SetLastError = true)]
    private static partial int Exchange(nint none, out Stack current);

    // stack_t
    private struct Stack
    {
        public nint Start;
        public int Flags;
        public nint Size;
    }
}
