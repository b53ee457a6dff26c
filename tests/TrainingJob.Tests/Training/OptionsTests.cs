using System.Text.Json.Nodes;
using Droptune.Core.Jobs;
using Droptune.Core.Models;
using Droptune.TrainingJob.Training;
using Droptune.TrainingJob.Training.Optimizer;
using Droptune.TrainingJob.Training.Reports;
using static TorchSharp.torch;

namespace Droptune.TrainingJob.Tests.Training;

public sealed class OptionsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("droptune options ").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("linear", 0, 0.2, 1, 0)]
    [InlineData("cosine", 0, 0.2, 1, 0)]
    [InlineData("constant", 0, 0.2, 1, 1)]
    public void LearningRate_Schedules_RiseThenFollowTheirForm(string schedule, double start, double warmup, double peak, double end)
    {
        var rate = new LearningRate(schedule, 1, warmup, 100);

        Assert.Equal(start, rate.At(0), 0.06);
        Assert.Equal(0.5, rate.At(9), 1e-9);
        Assert.Equal(peak, rate.At(20), 1e-9);
        Assert.Equal(schedule == "constant" ? 1 : 0.5, rate.At(60), 1e-9);
        Assert.Equal(end, rate.At(99), 0.02);
        Assert.Equal(end, rate.At(150), 1e-9);
    }

    [Fact]
    public void Run_FrozenLayers_KeepsThemAndTrainsTheRest()
    {
        Run(o => o with { Epochs = 1 }, "base");
        var tuned = Some.Spec() with { Base = new() { Name = "base" } };

        Run(o => o with { Epochs = 1, FrozenLayers = 2, LearningRate = 1e-3 }, "frozen", tuned, Output("base"));

        var (before, after) = (Weights("base"), Weights("frozen"));
        Assert.All(before, t => Assert.Equal(
            t.Key.StartsWith("bert.embeddings", StringComparison.Ordinal) || t.Key.StartsWith("bert.encoder.layer.0.", StringComparison.Ordinal),
            t.Value.equal(after[t.Key]).all().item<bool>()));
    }

    [Fact]
    public void Run_BaseModelWithOtherHeads_RecordSaysWhatStartedAtRandomAndWhatWasNotUsed()
    {
        Run(o => o with { Epochs = 1 }, "base");
        var file = Path.Combine(Output("base"), "model.safetensors");
        var stored = Weights("base");
        stored.Remove("bert.pooler.dense.bias");
        stored["bert.extra.weight"] = zeros(1);
        TrainingJob.Checkpoints.SafeTensors.Write(file, stored.Select(t => (t.Key, t.Value)));

        var result = Run(o => o with { Epochs = 1 }, "model", Some.Spec() with { Base = new() { Name = "base" } }, Output("base"));

        Assert.Equal(["bert.pooler.dense.bias"], result.BaseWeights!.Missing);
        Assert.Equal(["bert.extra.weight"], Record("model").BaseWeights!.Unexpected);
        Assert.Contains("`bert.extra.weight`", File.ReadAllText(Path.Combine(Output("model"), "README.md")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, 0.0707)] // 0.8 / √128
    [InlineData(0.02, 0.02)]
    public void Run_FromScratch_WeightsStartByWidthOrAsAskedFor(double? asked, double expected)
    {
        Run(o => o with { Epochs = 1, LearningRate = 1e-8, InitializerRange = asked }, "model");

        Assert.Equal(expected, Weights("model")["bert.encoder.layer.0.intermediate.dense.weight"].std().item<float>(), 0.002);
        Assert.Equal(expected, ModelConfig.Load(Output("model")).InitializerRange, 0.0001);
    }

    [Fact]
    public void Run_NotConstrained_IsServedAsItWasMeasured()
    {
        Run(o => o with { Epochs = 1, ConstrainedDecoding = false }, "model");

        Assert.Equal(false, ModelConfig.Load(Output("model")).Droptune!.ConstrainedDecoding);
    }

    [Fact]
    public void Run_LayerDecay_MovesLowLayersLess()
    {
        Run(o => o with { Epochs = 1 }, "base");
        var tuned = Some.Spec() with { Base = new() { Name = "base" } };

        Run(o => o with { Epochs = 1, LayerDecay = 0.1, LearningRate = 1e-4, WeightDecay = 0 }, "decayed", tuned, Output("base"));

        var (before, after) = (Weights("base"), Weights("decayed"));
        var (low, high) = (Moved("bert.encoder.layer.0.output.dense.weight"), Moved("bert.encoder.layer.1.output.dense.weight"));
        Assert.InRange(high / low, 5, 20);

        double Moved(string name) => (after[name] - before[name]).abs().mean().item<float>();
    }

    [Theory]
    [InlineData("""{"averageDecay":0.9}""")]
    [InlineData("""{"gradientAccumulation":2}""")]
    [InlineData("""{"gradientClip":0.01}""")]
    [InlineData("""{"weightDecay":0.5}""")]
    [InlineData("""{"labelSmoothing":0.1}""")]
    [InlineData("""{"focalGamma":2}""")]
    [InlineData("""{"classWeights":"inverse"}""")]
    [InlineData("""{"dropout":0.3}""")]
    [InlineData("""{"pieceDropout":0.3}""")]
    [InlineData("""{"mentionSwap":0.9}""")]
    public void Run_OneOptionChanged_GivesAnotherModel(string changed)
    {
        var options = Some.Spec().Optimisation with { Epochs = 1 };
        var json = JsonSerializer.SerializeToNode(options, DroptuneJson.Compact)!.AsObject();
        var (option, value) = JsonNode.Parse(changed)!.AsObject().Single();
        json[option] = value!.DeepClone();
        Run(_ => options, "plain");

        Run(_ => json.Deserialize<Optimisation>(DroptuneJson.Compact)!, "model");

        var (plain, model) = (Weights("plain"), Weights("model"));
        Assert.Contains(plain, weight => !weight.Value.equal(model[weight.Key]).all().item<bool>());
    }

    [Fact]
    public void Run_BudgetThatIsSoonSpent_KeepsTheBestSoFarAndSaysSo()
    {
        var result = Run(o => o with { Epochs = 1000, MaxMinutes = 0.02, EarlyStopping = null }, "model");

        Assert.Equal("budget", result.StoppedBecause);
        Assert.InRange(result.Epochs, 1, 999);
        Assert.True(File.Exists(Path.Combine(Output("model"), "model.onnx")));
    }

    [Fact]
    public void Run_EarlyStopping_EndsWhenDevNoLongerImproves()
    {
        var result = Run(o => o with { Epochs = 100, EarlyStopping = new("f1", 3) }, "model");

        Assert.Equal("early-stopping", result.StoppedBecause);
        var main = Record("model").Curve.Select(epoch => epoch.Dev["main"]).ToList();
        Assert.Equal(main.IndexOf(main.Max()) + 1 + 3, result.Epochs); // of equal scores the first: a lower loss is no progress
        Assert.Equal(main.Max(), main[result.BestEpoch - 1]);
    }

    [Fact]
    public void Run_Search_KeepsEveryTrialAndTrainsTheWinner()
    {
        var result = Run(o => o with { Epochs = 8, EarlyStopping = null, Search = new() { Trials = 4, MaxMinutes = 5 } }, "model");

        var record = Record("model");
        Assert.Equal([1, 1, 1, 1, 2, 2], record.Trials.Select(t => t.Round));
        Assert.Equal(record.Trials.Where(t => t.Round == 1).OrderByDescending(t => t.Score).Take(2).Select(t => t.Options).Order(),
            record.Trials.Where(t => t.Round == 2).Select(t => t.Options).Order());
        Assert.Null(record.Options.MaxMinutes);
        Assert.Equal(8, result.Epochs);
    }

    [Fact]
    public void Run_LossThatIsNotANumber_SaysWhatToDo()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Run(o => o with { LearningRate = 1, GradientClip = 1e6, Schedule = "constant", WeightDecay = 1 }, "model"));

        Assert.Contains("try a learning rate below", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Optimisation_MisspeltKey_IsRefused() =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Optimisation>("""{"learningrat":1e-3}""", DroptuneJson.Compact));

    private FineTuningResult Run(Func<Optimisation, Optimisation> change, string output, JobSpec? spec = null, string? baseModel = null)
    {
        spec ??= Some.Spec();
        spec = spec with { Optimisation = change(Some.Spec().Optimisation) };
        return FineTuning.Run(
            new(spec, Some.Snapshot(Path.Combine(_folder, "snapshot")), baseModel, Output(output)), new Some.Progress(),
            TestContext.Current.CancellationToken);
    }

    private string Output(string name) => Path.Combine(_folder, name);

    private Dictionary<string, Tensor> Weights(string name) =>
        TrainingJob.Checkpoints.SafeTensors.Read(Path.Combine(Output(name), "model.safetensors"));

    private TrainingRecord Record(string name) =>
        JsonSerializer.Deserialize<TrainingRecord>(File.ReadAllText(Path.Combine(Output(name), "training.json")), DroptuneJson.Compact)!;
}
