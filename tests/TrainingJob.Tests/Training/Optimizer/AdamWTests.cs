using Droptune.TrainingJob.Model;
using Droptune.TrainingJob.Tests.Model;
using Droptune.TrainingJob.Training.Optimizer;
using Droptune.TrainingJob.Training.Optimizer.Cpu;

using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Droptune.TrainingJob.Tests.Training.Optimizer;

public sealed class AdamWTests
{
    [Fact]
    public void Backward_ReferenceCase_GradientsAreHuggingFaces()
    {
        using var scope = NewDisposeScope();
        using var folder = ReferenceModel.ForTags();
        using var model = folder.Load();
        var expected = ReferenceModel.Training;

        Loss(model, ReferenceModel.Cases[expected.GradientCase]).backward();
        using var gradients = new BertWeights(model.Config, CPU);
        using (no_grad())
        {
            foreach (var (mine, weight) in gradients.All.Zip(model.Weights.All))
            {
                mine.Value.copy_(weight.Value.grad!);
            }
        }

        foreach (var (name, gradient) in gradients.Named())
        {
            if (!name.EndsWith("key.bias", StringComparison.Ordinal)) // exactly 0 but for rounding: softmax does not see it
            {
                AssertNear(expected.Gradients[name], gradient, name);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // only the word rows that a batch uses are touched, the others catch up at the end
    public void Step_FiveReferenceSteps_ParametersAreHuggingFaces(bool rows)
    {
        using var scope = NewDisposeScope();
        using var folder = ReferenceModel.ForTags();
        using var model = folder.Load();
        var table = model.Weights.All[0];
        var dense = model.Weights.All.Where(w => !rows || w != table).ToList();
        using var optimizer = new AdamW(dense, 0.01, _ => 1);
        using var words = new RowAdamW(table, 0.01, 1);
        var leaves = dense.Select(w => w.Value).ToList();

        foreach (var step in ReferenceModel.Training.Steps)
        {
            var batch = ReferenceModel.Cases[step.Case];
            var ids = batch.InputIds.SelectMany(row => row.Select(id => (int)id)).ToArray();
            words.Use(ids);
            Tensor looked;
            using (rows ? no_grad() : enable_grad())
            {
                looked = model.Embed(batch.Ids());
            }

            var loss = Loss(model, batch, rows ? looked.requires_grad_() : looked);
            var gradients = Gradients.Of(loss, rows ? [.. leaves, looked] : leaves);
            var squares = optimizer.SumOfSquares([.. gradients.Take(leaves.Count)]);
            if (rows)
            {
                words.Add(ids, gradients[^1]);
                squares += words.SumOfSquares();
            }

            var norm = Math.Sqrt(squares);
            var scale = Math.Min(1, 1 / (norm + 1e-6));
            optimizer.Step([.. gradients.Take(leaves.Count)], step.Lr, scale);
            if (rows)
            {
                words.Step(step.Lr, scale);
            }

            Assert.Equal(step.Loss, loss.item<float>(), 1e-4 * step.Loss);
            Assert.Equal(step.GradNormBeforeClip, norm, 1e-4 * norm);
        }

        if (rows)
        {
            words.CatchUp();
        }

        foreach (var (name, value) in model.Weights.Named())
        {
            AssertNear(ReferenceModel.Training.ParametersAfter[name], value, name);
        }
    }

    [Fact]
    public void RowStep_RowsUsedNowAndThen_EndWhereDenseAdamWEnds()
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        var start = randn(50, 19);
        var random = new Random(3);
        var (denseTable, rowTable, keptTable) = (start.clone(), start.clone(), start.clone());
        using var dense = new AdamW([new("w", denseTable, 0, true)], 0.05, _ => 1);
        using var rows = new RowAdamW(new("w", rowTable, 0, true), 0.05, 1);
        using var kept = new RowAdamW(new("w", keptTable, 0, true), 0.05, 1);

        for (var step = 1; step <= 1000; step++)
        {
            // Rows 40 to 49 are never used, low ones often; rows 20 to 39 rest for more than 300 steps.
            var ids = Enumerable.Range(0, 6).Select(_ => random.Next(random.Next(1, step is > 50 and < 900 ? 20 : 40))).ToArray();
            var gradients = randn(ids.Length, 19);
            var full = zeros(50, 19).index_add_(0, tensor(ids.Select(i => (long)i).ToArray()), gradients, 1);
            var rate = 1e-3 * Math.Min(1, step / 100.0);
            dense.Step([full], rate, 1);
            rows.Use(ids);
            rows.Add(ids, gradients);
            rows.Step(rate, 1);
        }

        rows.CatchUp();

        // Decay in one multiplication rounds once, decay step by step a thousand times.
        Assert.InRange((denseTable - rowTable).abs().max().item<float>(), 0, 4e-5f);
        Assert.InRange((start - keptTable).abs().max().item<float>(), 0, 0f);
    }

    private static Tensor Loss(BertModel model, ReferenceCase batch, Tensor? words = null) =>
        F.cross_entropy(model.Heads(batch.Encode(model, words)).Tags!.flatten(0, 1), batch.FlatLabels());

    private static void AssertNear(Summary expected, Tensor actual, string name)
    {
        var l2 = actual.to(ScalarType.Float64).square().sum().sqrt().item<double>();
        Assert.True(Math.Abs(l2 - expected.L2) <= 1e-4 * expected.L2, $"{name}: L2 {l2}, expected {expected.L2}");

        var first = actual.contiguous().flatten()[..4].data<float>().ToArray();
        for (var i = 0; i < 4; i++)
        {
            Assert.True(Math.Abs(first[i] - expected.First[i]) <= 1e-4 * expected.L2, $"{name}[{i}]: {first[i]}, expected {expected.First[i]}");
        }
    }
}
