using Droptune.Core.Models;
using Droptune.TrainingJob.Onnx;
using Droptune.TrainingJob.Training;
using Droptune.TrainingJob.Training.Reports;

namespace Droptune.TrainingJob.Tests.Training.Reports;

public class ModelCardTests
{
    [Fact]
    public void Write_BackticksAndMarkupInNames_StayText()
    {
        var card = ModelCard.Write(new()
        {
            Spec = new() { Model = "m`<b>", Dataset = new("d`*x*", "0`1"), Task = TaskKind.TextClassification },
            Start = new() { Name = "org/`<script>`" },
            Trials = [],
            Options = new(),
            BaseWeights = new(["a`b"], ["``<i>"]),
            Environment = new("Linux", "x64", 2, ".NET", "cpu`<u>", "float32"),
            Counts = new(1, 1, 1, 0, 2, 10, 100),
            StartedAt = DateTimeOffset.UnixEpoch,
            Seconds = 60,
            Curve = [new EpochRecord(1, 1, 0.5, 1e-4, 100, 60, new Dictionary<string, double> { ["main"] = 1 })],
            BestEpoch = 1,
            Dev = new Dictionary<string, double> { ["main"] = 1 },
            StoppedBecause = "epochs",
            OnnxCheck = new OnnxCheck(1, 0),
        });

        Assert.Contains("# m\\`&lt;b&gt;\n", card, StringComparison.Ordinal);
        Assert.Contains("on dataset `` d`*x* `` version `` 0`1 ``.", card, StringComparison.Ordinal);
        Assert.Contains("| base | org/\\`&lt;script&gt;\\` |", card, StringComparison.Ordinal);
        Assert.Contains("| started at random | `` a`b `` |", card, StringComparison.Ordinal);
        Assert.Contains("| of the base, not used | ``` ``<i> ``` |", card, StringComparison.Ordinal);
        Assert.Contains("on cpu\\`&lt;u&gt;, 2 cores", card, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("scratch", null, null, "license: \"unknown\"")]
    [InlineData("org/bert@0123456789abcdef0123456789abcdef01234567", "mit", "no", "license: \"mit\"\nlanguage: [\"no\"]\nbase_model: \"org/bert\"")]
    [InlineData("my-folder", "other: \"Their\" licence", null, "license: other\nlicense_name: \"\\u0022Their\\u0022 licence\"")]
    [InlineData("my-folder", "mit, apache-2.0", "en, zh", "license: [\"mit\", \"apache-2.0\"]\nlanguage: [\"en\", \"zh\"]")]
    public void Write_Header_StatesWhatIsKnown(string start, string? licence, string? languages, string expected)
    {
        var header = CardHeader.Write(TaskKind.TextClassification, start, new(licence, HasNotice: false) { Languages = languages });

        Assert.Equal($"---\n{expected}\npipeline_tag: text-classification\nlibrary_name: transformers\n---\n", header);
        Assert.Equal(licence?.Split(':')[0] ?? "unknown", CardMetadata.In(header.Split('\n'))["license"]);
    }
}
