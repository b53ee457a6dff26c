using System.Runtime.InteropServices;

namespace Droptune.Infra.Tests.Docker;

public class DockerfileTests
{
    private static readonly Dockerfile Image = new(Repository.PathOf("src", "TrainingJob", "Dockerfile"), Repository.PathOf());

    [Fact]
    public void Copy_EachSource_IsInTheContextAndNotIgnored()
    {
        var sources = Image.Stages.SelectMany(stage => stage.Instructions)
            .Where(instruction => instruction.Name == "COPY" && !instruction.Text.StartsWith("--from", StringComparison.Ordinal))
            .SelectMany(copy => copy.Text.Split(' ')[..^1]).ToList();

        Assert.NotEmpty(sources);
        Assert.All(sources, source => Assert.NotEmpty(Image.FilesOf(source)));
        Assert.All(
            sources.SelectMany(Image.FilesOf),
            file => Assert.DoesNotMatch("(^|/)(bin|obj)/", file.Replace('\\', '/')));
    }

    [Fact]
    public void Image_Final_RunsWithoutRootOverLibtorch()
    {
        var names = Image.Last.Instructions.Select(instruction => instruction.Name).ToList();

        Assert.Equal("${LIBTORCH}", Image.Last.Base);
        Assert.Contains(("USER", "$APP_UID"), Image.Last.Instructions); // of the base image, not 0
        Assert.True(names.IndexOf("USER") < names.IndexOf("ENTRYPOINT"));
    }

    [Fact]
    public void Image_BuiltForCpu_RunsTheProgramWithLibtorchInALayerOfItsOwn()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture == Architecture.X64,
            "The image is for linux-x64, and its commands are run on this machine.");
        var root = Directory.CreateTempSubdirectory("droptune-image-");
        try
        {
            var arguments = new Dictionary<string, string> { ["TORCH_BACKEND"] = "cpu" };

            var image = Image.Build(Image.Last, root.FullName, arguments);
            var (exitCode, output) = Dockerfile.RunEntryPoint(Image.Last, image, "--help");

            Assert.True(exitCode == 0, output);
            Assert.Contains("work", output, StringComparison.Ordinal);
            Assert.True(File.Exists(Path.Combine(image, "app", "libtorch_cpu.so")));
            Assert.InRange(Megabytes(Path.Combine(root.FullName, "publish", "app")), 1, 100); // what a code change pushes
            Assert.InRange(Megabytes(Path.Combine(root.FullName, "libtorch", "app")), 300, 1000);
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    private static long Megabytes(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length) >> 20;
}
