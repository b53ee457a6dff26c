using System.Runtime.InteropServices;
using Droptune.TrainingJob.Torch;
using static TorchSharp.torch;

namespace Droptune.TrainingJob.Tests.Torch;

public sealed partial class NativeSetupTests
{
    [Fact]
    public void Apply_OnThisSystem_TorchSharpLoadsAndComputes()
    {
        NativeSetup.Apply();

        using var sum = ones(3).sum();

        Assert.Equal(3f, sum.item<float>());
    }

    [Fact]
    public void Apply_NothingSetByTheUser_ThreadsSpinBriefly()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the setting is of Linux's OpenMP");
        Assert.SkipUnless(Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null, "the user set it");

        NativeSetup.Apply();

        Assert.Equal(Environment.GetEnvironmentVariable("GOMP_SPINCOUNT") ?? "1000", Marshal.PtrToStringUTF8(GetEnvironment("GOMP_SPINCOUNT")));
    }

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetEnvironment(string name);
}
