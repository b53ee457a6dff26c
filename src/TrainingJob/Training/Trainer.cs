using Droptune.Core.Jobs;
using Droptune.TrainingJob.Model;
using Droptune.TrainingJob.Training.Data;
using Droptune.TrainingJob.Training.Optimizer;
using static TorchSharp.torch;

namespace Droptune.TrainingJob.Training;

/// <summary>The training loop: AdamW over shuffled batches, measured on dev after each epoch; the best epoch is kept.</summary>
public sealed class Trainer(
    BertModel model, EncodedSplit train, DevSet dev, Optimisation options, PieceDropout dropout, Device device, TimeProvider clock)
{
    private readonly string _metric = options.EarlyStopping?.Metric ?? "f1";

    /// <summary>Trains, and leaves the weights of the best epoch in the model.</summary>
    public TrainingOutcome Train(TaskLoss loss, ProgressReports reports, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        var epochs = options.Epochs!.Value;
        var patience = options.EarlyStopping?.Patience ?? Math.Max(2, epochs / 5);
        var accumulation = options.GradientAccumulation;
        var steps = epochs * ((Plan(1).Count + accumulation - 1) / accumulation);
        var rate = new LearningRate(options.Schedule, options.LearningRate!.Value, (int)(steps * options.WarmupRatio), steps);

        manual_seed(options.Seed);
        using var optimizer = new ModelOptimizer(model, options, device);
        using var best = model.Weights.Clone();
        using var lossSum = zeros(1, device: device);
        var curve = new List<EpochRecord>();
        var (bestEpoch, bestScore, step) = (0, double.NegativeInfinity, 0);
        var stopped = "epochs";

        for (var epoch = 1; epoch <= epochs && stopped == "epochs"; epoch++)
        {
            var epochStart = clock.GetTimestamp();
            var plan = Plan(epoch);
            var tokens = 0L;
            lossSum.zero_();
            model.Training = true;
            for (var first = 0; first < plan.Count; first += accumulation)
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope(); // frees this step's tensors
                var batches = Math.Min(accumulation, plan.Count - first);
                for (var b = first; b < first + batches; b++)
                {
                    var batch = new Batch(train, plan[b], dropout.PadId);
                    dropout.Apply(batch, Random(epoch, b));
                    var words = optimizer.Embed(batch);
                    var logits = model.Heads(model.Encode(words, batch.Mask(model, device)));
                    var batchLoss = loss.Of(logits, batch, device);
                    optimizer.Backward(batchLoss, words, batch);
                    lossSum.add_(batchLoss.detach());
                    tokens += batch.Tokens;
                }

                optimizer.Step(rate.At(step++), batches);
                reports.Step(step, steps, epoch, epochs, tokens, () => lossSum.item<float>() / (first + batches));
            }

            var seconds = clock.GetElapsedTime(epochStart).TotalSeconds;
            var meanLoss = lossSum.item<float>() / plan.Count;
            if (!float.IsFinite(meanLoss))
            {
                throw new InvalidOperationException(
                    $"The loss is not a number in epoch {epoch}: try a learning rate below {options.LearningRate}.");
            }

            optimizer.CatchUp();
            var scores = dev.Evaluate(model, loss, device);
            var score = scores.Of(_metric);
            curve.Add(new(epoch, step, meanLoss, rate.At(step - 1), tokens / seconds, seconds, scores.Named().ToDictionary()));
            reports.Evaluated(new(_metric, score));
            if (score > bestScore)
            {
                (bestEpoch, bestScore) = (epoch, score);
                best.CopyFrom(model.Weights);
            }
            else if (options.EarlyStopping is not null && epoch - bestEpoch >= patience)
            {
                stopped = "early-stopping";
            }

            if (options.MaxMinutes is { } minutes && clock.GetElapsedTime(started).TotalMinutes >= minutes)
            {
                stopped = "budget";
            }
        }

        model.Weights.CopyFrom(best);
        model.Training = false;
        return new(new(_metric, bestScore), bestEpoch, curve, stopped);
    }

    private IReadOnlyList<int[]> Plan(int epoch) => BatchPlan.Of(train, options.BatchTokens!.Value, Random(epoch, -1));

    // One generator for each purpose, so that a run can be continued anywhere.
    private Random Random(int epoch, int batch) => new(unchecked((((options.Seed * 1_000_003) + epoch) * 1_000_003) + batch));
}

/// <summary>How a training went.</summary>
public sealed record TrainingOutcome(DevMetric Best, int BestEpoch, IReadOnlyList<EpochRecord> Curve, string StoppedBecause);

/// <summary>One epoch: mean training loss, learning rate at its end, real tokens a second, seconds of training, scores on dev.</summary>
public sealed record EpochRecord(
    int Epoch, int Step, double Loss, double LearningRate, double TokensPerSecond, double Seconds, IReadOnlyDictionary<string, double> Dev);
