using System.Runtime.InteropServices;

namespace Droptune.TrainingJob.Torch;

/// <summary>The first visible GPU, as its driver describes it.</summary>
/// <param name="Name">Such as "Tesla T4".</param>
/// <param name="Capability">NVIDIA's compute capability: what it can compute.</param>
/// <param name="MemoryBytes">All of it.</param>
/// <param name="Driver">The newest CUDA version that the driver knows.</param>
public sealed partial record Gpu(string Name, Version Capability, long MemoryBytes, string Driver)
{
    private const string Library = "libcuda.so.1";

    // CUdevice_attribute
    private const int CapabilityMajor = 75;
    private const int CapabilityMinor = 76;

    /// <summary>Null without a driver, or if it does not answer.</summary>
    public static Gpu? Find() => Ask(() =>
    {
        var name = new byte[256];
        return Initialize(0) == 0
            && GetDevice(out var device, 0) == 0
            && GetName(name, name.Length, device) == 0
            && GetAttribute(out var major, CapabilityMajor, device) == 0
            && GetAttribute(out var minor, CapabilityMinor, device) == 0
            && GetMemory(out var memory, device) == 0
            && GetDriver(out var driver) == 0
            ? new Gpu(Encoding.UTF8.GetString(name).TrimEnd('\0'), new(major, minor), (long)memory, $"{driver / 1000}.{driver % 1000 / 10}")
            : null;
    });

    /// <summary>Memory in use now; null if unknown, as before libtorch's first tensor there.</summary>
    public static long? MemoryInUse() => Ask<long?>(() => GetMemoryInfo(out var free, out var total) == 0 ? (long)(total - free) : null);

    public override string ToString() =>
        FormattableString.Invariant($"{Name}, {MemoryBytes / (double)(1 << 30):0} GiB, compute capability {Capability}, driver {Driver}");

    private static T? Ask<T>(Func<T?> question)
    {
        try
        {
            return question();
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return default;
        }
    }

    [LibraryImport(Library, EntryPoint = "cuInit")]
    private static partial int Initialize(uint flags);

    [LibraryImport(Library, EntryPoint = "cuDeviceGet")]
    private static partial int GetDevice(out int device, int ordinal);

    [LibraryImport(Library, EntryPoint = "cuDeviceGetName")]
    private static partial int GetName([Out] byte[] name, int length, int device);

    [LibraryImport(Library, EntryPoint = "cuDeviceGetAttribute")]
    private static partial int GetAttribute(out int value, int attribute, int device);

    [LibraryImport(Library, EntryPoint = "cuDeviceTotalMem_v2")]
    private static partial int GetMemory(out nuint bytes, int device);

    [LibraryImport(Library, EntryPoint = "cuDriverGetVersion")]
    private static partial int GetDriver(out int version);

    [LibraryImport(Library, EntryPoint = "cuMemGetInfo_v2")]
    private static partial int GetMemoryInfo(out nuint free, out nuint total);
}
