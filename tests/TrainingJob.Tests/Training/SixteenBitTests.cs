using System.Text.Json.Nodes;
using Droptune.Core.Jobs;
using Droptune.TrainingJob.Onnx;
using Droptune.TrainingJob.Training;
using Droptune.TrainingJob.Training.Reports;

namespace Droptune.TrainingJob.Tests.Training;

/// <summary>Trainings in 16 bits, as on a GPU: the CPU computes the same, only slower.</summary>
public sealed class SixteenBitTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("droptune 16 bits ").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(TaskKind.Joint)]
    [InlineData(TaskKind.TokenClassification)]
    [InlineData(TaskKind.TextClassification)]
    public void Run_EachTask_ScoresAsInFloat32AndPassesTheSameCheck(TaskKind task)
    {
        var options = Some.Spec().Optimisation with { Epochs = 8 };
        var (full, _) = Run(task, options with { Precision = "float32" }, "float32");

        foreach (var precision in new[] { "bfloat16", "float16" })
        {
            var (rounded, record) = Run(task, options with { Precision = precision }, precision);

            Assert.Equal(full.Main, rounded.Main, 0.05);
            Assert.InRange(record.OnnxCheck.LargestDifference, 0, OnnxCheck.Tolerance);
            Assert.Equal((precision, "asked for"), (record.Environment.Precision, record.Environment.PrecisionReason));
            Assert.Equal(precision == "float16", record.LossScale is not null);
            Assert.NotEqual(Weights("float32"), Weights(precision));
        }
    }

    [Theory]
    [InlineData("bfloat16", """{"pretrain":{"epochs":1},"frozenLayers":2,"layerDecay":0.9,"averageDecay":0.9,"gradientAccumulation":2,"focalGamma":2,"classWeights":"inverse","labelSmoothing":0.1}""")]
    [InlineData("bfloat16", """{"search":{"trials":2,"maxMinutes":5}}""")]
    [InlineData("bfloat16", """{"epochs":1000,"maxMinutes":0.01}""")]
    [InlineData("float16", """{"pretrain":{"epochs":1},"frozenLayers":2,"layerDecay":0.9,"averageDecay":0.9,"gradientAccumulation":2,"focalGamma":2,"classWeights":"inverse","labelSmoothing":0.1}""")]
    [InlineData("float16", """{"search":{"trials":2,"maxMinutes":5}}""")]
    [InlineData("float16", """{"epochs":1000,"maxMinutes":0.01}""")]
    public void Run_OtherOptions_LearnsAndPassesTheCheck(string precision, string changed)
    {
        var options = JsonSerializer.SerializeToNode(Some.Spec().Optimisation with { Precision = precision, Epochs = 2 }, DroptuneJson.Compact)!.AsObject();
        foreach (var (option, value) in JsonNode.Parse(changed)!.AsObject())
        {
            options[option] = value!.DeepClone();
        }

        var (_, record) = Run(TaskKind.Joint, options.Deserialize<Optimisation>(DroptuneJson.Compact)!, "model");

        Assert.InRange(record.OnnxCheck.LargestDifference, 0, OnnxCheck.Tolerance);
        Assert.True(record.Curve.Count == 1 || record.Curve[^1].Loss < record.Curve[0].Loss, "the loss falls");
    }

    private (FineTuningResult Result, TrainingRecord Record) Run(TaskKind task, Optimisation options, string output)
    {
        var input = new FineTuningInput(
            Some.Spec(task) with { Optimisation = options }, Some.Snapshot(Path.Combine(_folder, "snapshot")), null, Path.Combine(_folder, output));
        var result = FineTuning.Run(input, new Some.Progress(), TestContext.Current.CancellationToken);
        var record = JsonSerializer.Deserialize<TrainingRecord>(File.ReadAllText(Path.Combine(input.OutputFolder, "training.json")), DroptuneJson.Compact)!;
        return (result, record);
    }

    private byte[] Weights(string name) => File.ReadAllBytes(Path.Combine(_folder, name, "model.safetensors"));
}
