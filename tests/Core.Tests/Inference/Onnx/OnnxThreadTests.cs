using System.Diagnostics;
using Droptune.Core.Inference;
using Droptune.Core.Inference.Onnx;

namespace Droptune.Core.Tests.Inference.Onnx;

public class OnnxThreadTests
{
    private const string IsChild = "DROPTUNE_TEST_CHILD";

    /// <summary>Beyond what .NET gives its threads (16,384 bytes on a processor with AMX).</summary>
    [Fact]
    public void Run_OnLinux_HasALargeSignalStack()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "AMX's tiles are used on Linux alone.");

        Assert.Equal(SignalStack.Size, OnnxThread.Run(() => SignalStack.CurrentSize));
        Assert.InRange(SignalStack.CurrentSize, 0, SignalStack.Size - 1); // of the test's thread
    }

    [Fact]
    public void Run_Throws_ThrowsHere() =>
        Assert.Throws<InvalidDataException>(() => OnnxThread.Run<int>(() => throw new InvalidDataException("broken")));

    [Fact]
    public void Run_FromWithin_RunsAtOnce() => Assert.Equal(1, OnnxThread.Run(() => OnnxThread.Run(() => 1)));

    [Fact]
    public void Require_AnyOtherThread_Throws() => Assert.Throws<InvalidOperationException>(OnnxThread.Require);

    [Fact]
    public void Join_AfterTheEnd_FreesTheStackOnce()
    {
        for (var i = 0; i < 100; i++)
        {
            new OnnxThread("test", () => Assert.True(true)).Join();
        }
    }

    /// <summary>
    /// On a processor with AMX a caught null reference ended a process that had run an 8-bit model, with exit code 139. In a
    /// process of its own, as it would end this one.
    /// </summary>
    [Fact]
    public async Task NullReference_CaughtAfterAnInt8Model_IsOnlyThat()
    {
        Assert.SkipUnless(HasAmx(), "This processor has no AMX (grep amx_tile /proc/cpuinfo).");
        var start = new ProcessStartInfo("dotnet", [typeof(OnnxThreadTests).Assembly.Location, "-method", $"{typeof(OnnxThreadTests).FullName}.{nameof(Child)}"])
        {
            RedirectStandardOutput = true,
            Environment = { [IsChild] = "1" },
        };

        using var child = Process.Start(start)!;
        var output = await child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(child.ExitCode == 0, $"Exit code {child.ExitCode}: {output}");
    }

    /// <summary>Every kind of thread that runs a model: the lone one, those of batches, and the shared one. Also a quick test of its own.</summary>
    [Fact]
    public async Task Child()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable(IsChild) == "1" || !HasAmx(), "In a process of its own.");
        using var model = ServedModel.Load(TestData.PathOf("models", "lexicon"), file: ModelFileNames.Int8Onnx);
        for (var i = 0; i < 50; i++)
        {
            await model.PredictAsync([PredictInput.OfText("hello")], TestContext.Current.CancellationToken);
            CatchNullReference();
            await Task.WhenAll(Enumerable.Range(0, 8).Select(async n =>
            {
                await model.PredictAsync([PredictInput.OfText($"to Berlin {n}"), PredictInput.OfText("and back")], TestContext.Current.CancellationToken);
                CatchNullReference();
            }));
            OnnxThread.Run(CatchNullReference);
        }
    }

    private static bool CatchNullReference()
    {
        string? nothing = Environment.GetEnvironmentVariable("DROPTUNE_TEST_NOTHING");
        try
        {
            return nothing!.Length > 0;
        }
        catch (NullReferenceException)
        {
            return true;
        }
    }

    private static bool HasAmx() => OperatingSystem.IsLinux() && File.Exists("/proc/cpuinfo") && File.ReadLines("/proc/cpuinfo").Any(line => line.Contains("amx_tile", StringComparison.Ordinal));
}
