using System.Collections.Concurrent;
using Droptune.Core.Storage;
using Droptune.TrainingJob.Commands;
using Droptune.TrainingJob.Tests.Model;
using Microsoft.Extensions.Configuration;

namespace Droptune.TrainingJob.Tests.Commands;

/// <summary>The program as a script runs it: what it ends with, and what it says.</summary>
public sealed class ProgramTests(AzuriteFixture azurite) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("droptune program ").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Validate_DatasetThatIsAccepted_Ends0()
    {
        foreach (var (split, count) in new[] { ("train", 64), ("dev", 16), ("test", 16) })
        {
            var lines = Training.Some.Examples(count, seed: count).Select(example => JsonSerializer.Serialize(example, DroptuneJson.Compact));
            await File.WriteAllLinesAsync(Path.Combine(_folder, $"{split}.jsonl"), lines, TestContext.Current.CancellationToken);
        }

        var (exitCode, output) = await RunAsync(["validate", _folder]);

        Assert.True(exitCode == ExitCode.Done, output);
    }

    [Theory]
    [MemberData(nameof(ReferenceEncoder.Names), MemberType = typeof(ReferenceEncoder))]
    public async Task Export_ModelOfAnyFamily_WritesBothFiles(string name)
    {
        using var reference = ReferenceEncoder.ForTags(name);

        var (exitCode, output) = await RunAsync(["export", reference.Folder, "--out", _folder]);

        Assert.True(exitCode == ExitCode.Done, output);
        Assert.Equal([ModelFileNames.Int8Onnx, ModelFileNames.Onnx], Directory.GetFiles(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Export_ParametersThatCannotBeRead_Ends1AndSaysWhy()
    {
        File.Copy(TestData.PathOf("models", "lexicon", "config.json"), Path.Combine(_folder, "config.json"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "model.safetensors"), "no parameters", TestContext.Current.CancellationToken);

        var (exitCode, output) = await RunAsync(["export", _folder]);

        Assert.Equal(ExitCode.Failed, exitCode);
        Assert.StartsWith("Failed: ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal); // a stack trace
    }

    [Theory]
    [InlineData("'--out' is required", "train", "somewhere")]
    [InlineData("'--colour'", "validate", "somewhere", "--colour")]
    [InlineData("There is no file or folder 'nowhere'", "validate", "nowhere")]
    [InlineData("is no model folder", "evaluate", ".", "nowhere")]
    [InlineData("is no model folder", "export", ".")]
    public async Task Run_WrongUse_Ends2AndSaysWhatIsWrong(string message, params string[] arguments)
    {
        var (exitCode, output) = await RunAsync(arguments);

        Assert.Contains(message, output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.WrongUse, exitCode);
    }

    [Fact]
    public async Task Work_SettingsThatCannotBeUsed_Ends2AndNamesEveryOne()
    {
        var (exitCode, output) = await RunAsync(
            ["work", "--once"],
            new()
            {
                ["Storage"] = "UseDevelopmentStorage=true",
                ["Worker__PollEvery"] = "soon",
                ["Worker__MaxAttempts"] = "0",
                ["Worker__RenewEvery"] = "00:00:50",
            });

        Assert.Equal(ExitCode.WrongUse, exitCode);
        Assert.Equal(
            [
                "These settings cannot be used:",
                "  Worker__PollEvery is 'soon'; it must be a time such as 00:00:30",
                "  Worker__MaxAttempts is 0; it must be 1 to 100",
                "  Worker__RenewEvery is 00:00:50; it must be at most half of Visibility (00:01:00): one renewal may fail",
            ],
            output.Split('\n'));
    }

    [Fact]
    public async Task Forget_TextInTheAccount_IsRemovedAndWhatHoldsItIsListedWithItsCommand()
    {
        var connection = await azurite.NewAccountAsync();
        var storage = DroptuneStorage.From(new ConfigurationBuilder().AddInMemoryCollection([new(StorageNames.Connection, connection)]).Build());
        await storage.EnsureCreatedAsync(TestContext.Current.CancellationToken);
        await storage.Container(StorageNames.Datasets).UploadBlobAsync("d.csv", BinaryData.FromString("text,label\nmy secret,a\nanother,b\n"), TestContext.Current.CancellationToken);
        await storage.Container(StorageNames.Feedback).UploadBlobAsync("m/2026-11-24/0.json", BinaryData.FromString("""{"text":"My secret","label":"a"}"""), TestContext.Current.CancellationToken);

        var (exitCode, output) = await RunAsync(["forget", "my  secret"], new() { [StorageNames.Connection] = connection });
        var (again, _) = await RunAsync(["forget", " "], new() { [StorageNames.Connection] = connection });

        Assert.Equal(ExitCode.Done, exitCode);
        Assert.Equal(
            [
                "It stays out of every dataset version from now on.",
                "removed from  feedback/m/2026-11-24/0.json",
                "still in      datasets/d.csv",
                "              az storage blob delete --connection-string \"$Storage\" -c datasets -n 'd.csv'",
            ],
            output.Split('\n'));
        Assert.Equal(ExitCode.WrongUse, again);
    }

    [Fact]
    public async Task Train_DatasetThatIsRejected_Ends3AndTrainsNothing()
    {
        var model = Path.Combine(_folder, "model");

        var (exitCode, output) = await RunAsync(["train", TestData.PathOf("findings", "no-examples"), "--out", model]);

        Assert.Equal(ExitCode.DataRejected, exitCode);
        Assert.Contains("no-examples", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(model));
    }

    private async Task<(int ExitCode, string Output)> RunAsync(string[] arguments, Dictionary<string, string?>? environment = null)
    {
        var lines = new ConcurrentQueue<string>();
        await using var process = JobProgram.Start(arguments, environment ?? [], lines, _folder);
        return (await process.WaitAsync(TestContext.Current.CancellationToken), string.Join('\n', lines));
    }
}
