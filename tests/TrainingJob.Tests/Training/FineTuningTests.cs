using Droptune.Core.Inference;
using Droptune.Core.Jobs;
using Droptune.Core.Models;
using Droptune.Core.Runs;
using Droptune.TrainingJob.Onnx;
using Droptune.TrainingJob.Training;
using Droptune.TrainingJob.Training.Reports;

namespace Droptune.TrainingJob.Tests.Training;

public sealed class FineTuningTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("droptune run ").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(TaskKind.Joint)]
    [InlineData(TaskKind.TokenClassification)]
    [InlineData(TaskKind.TextClassification)]
    public async Task Run_FromScratch_WritesAModelThatServesWhatItLearned(TaskKind task)
    {
        var progress = new Some.Progress();

        var spec = Some.Spec(task);
        var result = Run(spec with { Optimisation = spec.Optimisation with { JoinedTexts = null } }, "model", progress);

        Assert.True(result.Main > 0.9, $"dev main is {result.Main}");
        Assert.Equal(RunStage.Done, progress.All[^1].Stage);
        Assert.Contains(progress.All, p => p is { Stage: RunStage.Training, Loss: > 0, TokensPerSecond: > 0 });
        string[] files = ["README.md", "config.json", "evaluation.json", "model.int8.onnx", "model.onnx", "model.safetensors", "tokenizer_config.json", "training.json", "training.svg", "vocab.txt"];
        Assert.Equal(files, Directory.GetFiles(Output("model")).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        var record = JsonSerializer.Deserialize<TrainingRecord>(File.ReadAllText(Path.Combine(Output("model"), "training.json")), DroptuneJson.Compact)!;
        Assert.InRange(record.OnnxCheck.LargestDifference, 0, OnnxCheck.Tolerance);
        Assert.Equal(result.Epochs, record.Curve.Count);

        using var served = ServedModel.Load(Output("model"));
        var prediction = (await served.PredictAsync([PredictInput.OfText("book a flight to new york please")], TestContext.Current.CancellationToken))[0];
        Assert.Equal(task == TaskKind.TokenClassification ? null : "travel", prediction.Label?.Name);
        Assert.Equal(task == TaskKind.TextClassification ? null : "new york", prediction.Entities?.Single().Text);
    }

    [Fact]
    public async Task Run_FromTheBuiltInBase_LearnsWithTheDefaultsAndPassesOnItsLicence()
    {
        var spec = Some.Spec(TaskKind.Joint) with { Base = new() { Name = BaseModel.BuiltIn }, Optimisation = new() };

        var result = Run(spec, "model", baseModel: BuiltInBase.Folder);

        Assert.True(result.Main > 0.9, $"dev main is {result.Main}");
        Assert.DoesNotContain(result.BaseWeights!.Missing, name => name.StartsWith("bert.", StringComparison.Ordinal));
        var card = await File.ReadAllTextAsync(Path.Combine(Output("model"), "README.md"), TestContext.Current.CancellationToken);
        Assert.Contains("| base | droptune-mini |", card, StringComparison.Ordinal);
        Assert.Contains("| licence of the base | cc-by-4.0; made of the works in [NOTICE.md](NOTICE.md) |", card, StringComparison.Ordinal);
        Assert.Equal(
            await File.ReadAllTextAsync(Path.Combine(BuiltInBase.Folder, "NOTICE.md"), TestContext.Current.CancellationToken),
            await File.ReadAllTextAsync(Path.Combine(Output("model"), "NOTICE.md"), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(TaskKind.MultiLabelClassification)]
    [InlineData(TaskKind.Joint)]
    public async Task Run_SeveralLabels_WritesAModelThatServesThemByItsThresholds(TaskKind task)
    {
        var snapshot = Some.Snapshot(Path.Combine(_folder, "several"), Some.MultiLabelExamples(128, 1), Some.MultiLabelExamples(24, 2), Some.MultiLabelExamples(24, 3));

        var result = FineTuning.Run(new(Some.Spec(task), snapshot, null, Output("model")), new Some.Progress(), TestContext.Current.CancellationToken);

        Assert.True(result.Main > 0.9, $"dev main is {result.Main}");
        Assert.Contains("dev.subsetAccuracy", result.Metrics.Keys);
        using var served = ServedModel.Load(Output("model"));
        Assert.Equal(task, served.Config.Task);
        Assert.Equal(["shop", "travel"], served.Config.ThresholdsByName()!.Keys);
        string[] texts = ["hello book a flight to new york please i want to buy a lamp please", "hello i want to buy a lamp please", "hello"];
        var predictions = await served.PredictAsync([.. texts.Select(PredictInput.OfText)], TestContext.Current.CancellationToken);
        Assert.Equal(["shop, travel", "shop", ""], predictions.Select(prediction => string.Join(", ", prediction.Labels!.Select(label => label.Name).Order())));
        Assert.All(predictions, prediction => Assert.Equal(task == TaskKind.Joint, prediction.Entities is not null));
    }

    [Fact]
    public void Run_SeveralLabelsAsOne_IsRefused()
    {
        var snapshot = Some.Snapshot(Path.Combine(_folder, "several"), Some.MultiLabelExamples(128, 1), Some.MultiLabelExamples(24, 2), Some.MultiLabelExamples(24, 3));

        var error = Assert.Throws<InvalidDataException>(() => FineTuning.Run(
            new(Some.Spec(TaskKind.TextClassification), snapshot, null, Output("model")), new Some.Progress(), TestContext.Current.CancellationToken));

        Assert.Contains("multi-label-classification", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ShortTexts_EntitiesAreFoundInLongOnes()
    {
        var spec = Some.Spec(TaskKind.TokenClassification);
        Run(spec with { Optimisation = spec.Optimisation with { JoinedTexts = null, MaxLength = 64 } }, "model");
        var parts = Some.Examples(96, seed: 5).Chunk(12).ToArray();

        using var served = ServedModel.Load(Output("model"));
        var predictions = await served.PredictAsync(
            [.. parts.Select(part => PredictInput.OfText(string.Join(' ', part.SelectMany(example => example.Tokens!))))], TestContext.Current.CancellationToken);

        var (right, found) = (0, 0);
        foreach (var (part, prediction) in parts.Zip(predictions))
        {
            var names = prediction.Entities!.Select(entity => entity.Text).ToList();
            found += names.Count;
            right += part.Count(example => names.Remove(string.Join(' ', example.Tokens!.Where((_, word) => example.Tags![word] != "O"))));
        }

        Assert.True(2.0 * right / (96 + found) > 0.9, $"of 96 entities {right} are found, and {found - right} that are none");
    }

    [Fact]
    public async Task Run_EntitiesInsideWords_AreFoundThere()
    {
        var examples = Enumerable.Range(0, 150).Select(i => new Example
        {
            Text = $"send {(i * 7 % 90) + 10}kg to me",
            Entities = [new(5, 7, "number"), new(7, 9, "unit")],
        }).ToList();
        var snapshot = Some.Snapshot(Path.Combine(_folder, "weights"), examples[..120], examples[120..], []);

        FineTuning.Run(new(Some.Spec(TaskKind.TokenClassification), snapshot, null, Output("model")), new Some.Progress(), TestContext.Current.CancellationToken);

        using var served = ServedModel.Load(Output("model"));
        var prediction = (await served.PredictAsync([PredictInput.OfText("send 55kg to me")], TestContext.Current.CancellationToken))[0];
        Assert.Equal([("number", "55"), ("unit", "kg")], prediction.Entities!.Select(entity => (entity.Label, entity.Text)));
    }

    [Fact]
    public void Run_SameSeedTwice_SameModelToTheBit()
    {
        Run(Some.Spec(), "first");
        Run(Some.Spec(), "second");

        Assert.Equal(Weights("first"), Weights("second"));
    }

    [Fact]
    public void Run_FromABaseModel_StartsFromItsWeights()
    {
        Run(Some.Spec(), "base");
        var gentle = Some.Spec() with
        {
            Base = new() { Name = "base" },
            Optimisation = new() { Epochs = 1, LearningRate = 1e-7, MaxLength = 32 },
        };

        var result = Run(gentle, "tuned", baseModel: Output("base"));

        Assert.True(result.Main > 0.9, "what the base model knows is kept");
    }

    [Fact]
    public void Run_InvalidSpec_ListsEveryProblem()
    {
        var spec = Some.Spec() with { Optimisation = new() { Epochs = 0, Schedule = "wavy", Dropout = 2 } };

        var error = Assert.Throws<ArgumentException>(() => Run(spec, "model"));

        Assert.Contains("optimisation.epochs is 0; it must be 1 to 10000", error.Message, StringComparison.Ordinal);
        Assert.Contains("optimisation.schedule is 'wavy'; it must be one of linear, cosine, constant", error.Message, StringComparison.Ordinal);
        Assert.Contains("optimisation.dropout is 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_Cancelled_Throws()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();

        Assert.Throws<OperationCanceledException>(() => Run(Some.Spec(), "model", stop: stop.Token));
    }

    private FineTuningResult Run(
        JobSpec spec, string output, IProgress<RunProgress>? progress = null, string? baseModel = null, CancellationToken? stop = null)
    {
        var snapshot = Some.Snapshot(Path.Combine(_folder, "snapshot"));
        return FineTuning.Run(
            new(spec, snapshot, baseModel, Output(output)), progress ?? new Some.Progress(), stop ?? TestContext.Current.CancellationToken);
    }

    private string Output(string name) => Path.Combine(_folder, name);

    private byte[] Weights(string name) => File.ReadAllBytes(Path.Combine(Output(name), "model.safetensors"));
}
