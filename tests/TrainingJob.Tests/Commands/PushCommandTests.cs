using System.Collections.Concurrent;
using Droptune.Core.Hub;
using Droptune.Core.Models;
using Droptune.TrainingJob.Commands;

namespace Droptune.TrainingJob.Tests.Commands;

/// <summary>A version on its way to the hub and back, on the command line.</summary>
public sealed class PushCommandTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("droptune push ").FullName;
    private TestHub _hub = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Model => Path.Combine(_folder, "model");

    public async ValueTask InitializeAsync()
    {
        _hub = await TestHub.StartAsync();
        _hub.AddFolder("base/mini", BuiltInBase.Folder);
    }

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Push_TrainedModel_ComesBackAsABaseByteForByte()
    {
        var texts = await TrainAsync("base/mini");
        await File.WriteAllTextAsync(Path.Combine(Model, "evaluation-report.json"), texts[0], Cancellation); // as `evaluate --out` may write it there

        var (exitCode, output) = await RunAsync("push", "model", "org/support", "--private", "--message", "First");
        var (fetched, fetchedOutput) = await RunAsync("train", "data", "--out", "next", "--base", "org/support", "--epochs", "1");

        Assert.True(exitCode == ExitCode.Done, output);
        Assert.True(fetched == ExitCode.Done, fetchedOutput);
        Assert.True(_hub.Pushes.Private["org/support"]);
        Assert.Equal("First", Assert.Single(_hub.Pushes.Commits).Message);
        var pushed = _hub["org/support"].Files;
        Assert.Equal(
            [".gitattributes", "NOTICE.md", "README.md", "config.json", "evaluation.json", "model.int8.onnx", "model.onnx", "model.safetensors", "tokenizer_config.json", "training.json", "training.svg", "vocab.txt"],
            pushed.Keys.Order(StringComparer.Ordinal));
        Assert.All(pushed.Where(file => file.Key != ".gitattributes"), file => Assert.Equal(File.ReadAllBytes(Path.Combine(Model, file.Key)), file.Value));
        var copy = Path.Combine(_folder, "cache", $"org--support@{_hub["org/support"].Commit}");
        foreach (var name in new[] { "model.safetensors", "config.json", "vocab.txt", "tokenizer_config.json", "README.md", "NOTICE.md" })
        {
            Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(Model, name), Cancellation), await File.ReadAllBytesAsync(Path.Combine(copy, name), Cancellation));
        }
    }

    [Fact]
    public async Task Push_TrainedModel_TakesNoTextOfItsDatasetAlong()
    {
        var texts = await TrainAsync();

        var (exitCode, output) = await RunAsync("push", "model", "org/support");

        Assert.True(exitCode == ExitCode.Done, output);
        Assert.All(_hub["org/support"].Files, file => Assert.DoesNotContain(texts, text => Encoding.UTF8.GetString(file.Value).Contains(text, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Push_TrainedModel_HasACardThatHubsRead()
    {
        await TrainAsync("base/mini");

        await RunAsync("push", "model", "org/support");

        Assert.StartsWith(
            """
            ---
            license: "cc-by-4.0"
            language: ["en", "zh"]
            base_model: "base/mini"
            pipeline_tag: token-classification
            library_name: transformers
            ---
            # data

            """.ReplaceLineEndings("\n"),
            Encoding.UTF8.GetString(_hub["org/support"].Files["README.md"]),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Push_CardOfAnEarlierProgram_GetsWhatHubsRead()
    {
        await TrainAsync();
        var card = Path.Combine(Model, "README.md");
        var old = (await File.ReadAllTextAsync(card, Cancellation)).Split("---\n", 3)[2];
        await File.WriteAllTextAsync(card, old, Cancellation);

        var (_, output) = await RunAsync("push", "model", "org/support");

        Assert.Equal(
            $"""
            ---
            license: "unknown"
            pipeline_tag: token-classification
            library_name: transformers
            ---
            {old}
            """.ReplaceLineEndings("\n"),
            Encoding.UTF8.GetString(_hub["org/support"].Files["README.md"]));
        Assert.Equal(old, await File.ReadAllTextAsync(card, Cancellation));
        Assert.Contains("The card states no licence: write 'license: …' at the top of README.md", output, StringComparison.Ordinal);
        Assert.Contains("The card states no language", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Push_Again_SaysThatNothingWasChanged()
    {
        Directory.CreateDirectory(Model);
        foreach (var path in Directory.GetFiles(BuiltInBase.Folder))
        {
            File.Copy(path, Path.Combine(Model, Path.GetFileName(path)));
        }

        await RunAsync("push", "model", "org/mini");

        var (exitCode, output) = await RunAsync("push", "model", "org/mini");

        Assert.Equal(ExitCode.Done, exitCode);
        Assert.Contains("org/mini@main has it already: nothing was changed.", output, StringComparison.Ordinal);
        Assert.DoesNotContain("pretraining.json", _hub["org/mini"].Files.Keys);
    }

    [Theory]
    [InlineData("nothing", "org/support", "main", TestHubPushes.Writer, "'nothing' is no model folder: it has no model.safetensors or no config.json.")]
    [InlineData("base", "support", "main", TestHubPushes.Writer, "'support' and 'main' name no branch of a model on the hub")]
    [InlineData("base", "org/support@main", "main", TestHubPushes.Writer, "name no branch of a model")]
    [InlineData("base", "org/support", TestHub.Commit, TestHubPushes.Writer, "name no branch of a model")]
    [InlineData("base", "org/support", "main", null, "To push takes a token: set HF_TOKEN to one that may write to repositories of 'org'")]
    public async Task Push_WrongUse_IsRefusedBeforeTheHubIsAsked(string folder, string name, string revision, string? token, string message)
    {
        var (exitCode, output) = await RunAsAsync(token, "push", folder == "base" ? BuiltInBase.Folder : folder, name, "--revision", revision);

        Assert.Equal(ExitCode.WrongUse, exitCode);
        Assert.Contains(message, output, StringComparison.Ordinal);
        Assert.Empty(_hub.Requests);
    }

    [Fact]
    public async Task Push_TokenThatMayOnlyRead_FailsAndSaysWhichRightIsMissing()
    {
        var (exitCode, output) = await RunAsAsync(TestHubPushes.Reader, "push", BuiltInBase.Folder, "org/mini");

        Assert.Equal(ExitCode.Failed, exitCode);
        Assert.Contains("It needs the right to write to repositories of 'org'", output, StringComparison.Ordinal);
    }

    /// <summary>Trains a small model; the texts of its dataset.</summary>
    private async Task<List<string>> TrainAsync(string? baseModel = null)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "data"));
        var texts = new List<string>();
        foreach (var (split, count) in new[] { ("train", 64), ("dev", 16), ("test", 16) })
        {
            var examples = Training.Some.Examples(count, seed: count);
            texts.AddRange(examples.Select(example => string.Join(' ', example.Tokens!)));
            await File.WriteAllLinesAsync(Path.Combine(_folder, "data", $"{split}.jsonl"), examples.Select(example => JsonSerializer.Serialize(example, DroptuneJson.Compact)), Cancellation);
        }

        var (exitCode, output) = await RunAsync(["train", "data", "--out", "model", "--epochs", "1", "--base", baseModel ?? BaseModel.Scratch]);
        Assert.True(exitCode == ExitCode.Done, output);
        return texts;
    }

    private Task<(int ExitCode, string Output)> RunAsync(params string[] arguments) => RunAsAsync(TestHubPushes.Writer, arguments);

    private async Task<(int ExitCode, string Output)> RunAsAsync(string? token, params string[] arguments)
    {
        var lines = new ConcurrentQueue<string>();
        var settings = new Dictionary<string, string?> { [HubOptions.EndpointName] = _hub.Endpoint, [HubOptions.TokenName] = token, ["Hub__Cache"] = Path.Combine(_folder, "cache") };
        await using var process = JobProgram.Start(arguments, settings, lines, _folder);
        return (await process.WaitAsync(Cancellation), string.Join('\n', lines));
    }
}
