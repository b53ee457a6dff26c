using Droptune.Core.Datasets;
using Droptune.Core.Runs;
using Droptune.Functions.Corrections;
using Droptune.Functions.Evaluation;
using Droptune.Functions.Hosting.Local.Processes;
using Droptune.Functions.Ingestion;

namespace Droptune.Functions.Tests.Ui;

/// <summary>The page's modules: their own tests, and what they share with C#.</summary>
public sealed class PageModulesTests
{
    [Fact]
    public async Task Modules_TheirTests_Pass()
    {
        var output = new List<string>();
        await using var node = ChildProcess.Start("node", ["--test", "--test-reporter=spec"],
            new Dictionary<string, string?>(), Path.Combine(RepositoryFolder.Path, "src", "Ui"), line => { lock (output) { output.Add(line); } });

        var exitCode = await node.WaitAsync(TestContext.Current.CancellationToken);

        Assert.True(exitCode == 0, string.Join('\n', output));
        Assert.Contains(output, line => line.Contains("unitsOf: the words of Hugging Face", StringComparison.Ordinal)); // none found would pass too
    }

    [Fact]
    public void Words_ThatThePageTranslates_AreThoseOfTheApi()
    {
        var expected = TestData.Shared<Dictionary<string, string[]>>("words.json");

        Assert.Equal(expected["correct"], Words<CorrectionState>());
        Assert.Equal(expected["split"], Words<Split>());
        Assert.Equal(expected["stage"], Words<RunStage>());
        Assert.Equal(expected["state"],
            Words<DatasetState>().Concat(Words<RunState>()).Concat(Words<EvaluatedRole>()).Concat(Words<Severity>().Except(["ignore"])));
        Assert.Equal(expected["task"], Words<TaskKind>());
    }

    private static IEnumerable<string> Words<T>()
        where T : struct, Enum => Enum.GetValues<T>().Select(DroptuneJson.Word);
}
