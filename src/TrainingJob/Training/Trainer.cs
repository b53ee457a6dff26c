using Droptune.Core.Metrics;
using Droptune.TrainingJob.Checkpoints;
using Droptune.TrainingJob.Model;
using Droptune.TrainingJob.Torch;
using Droptune.TrainingJob.Training.Data;
using Droptune.TrainingJob.Training.Objectives;
using Droptune.TrainingJob.Training.Optimizer;
using Droptune.TrainingJob.Training.Optimizer.Cpu;

using static TorchSharp.torch;

namespace Droptune.TrainingJob.Training;

/// <summary>The training loop: AdamW over shuffled batches, measured on dev after each epoch; the best epoch is kept.</summary>
public sealed class Trainer : IDisposable
{
    private readonly BertModel _model;
    private readonly BertModel _measured;
    private readonly IObjective _objective;
    private readonly EncodedSplit _train;
    private readonly Optimisation _options;
    private readonly TrainingSetting _setting;
    private readonly IModelOptimizer _optimizer;
    private readonly bool _isFlat;
    private readonly BertWeights _best;
    private readonly WeightAverage? _average;
    private readonly Tensor _lossSum;
    private readonly LearningRate _rate;
    private readonly string _metric;

    /// <param name="model">What is trained.</param>
    /// <param name="objective">For what.</param>
    /// <param name="train">On what.</param>
    /// <param name="options">How, with every default filled in.</param>
    /// <param name="setting">Where, and how it is watched.</param>
    public Trainer(BertModel model, IObjective objective, EncodedSplit train, Optimisation options, TrainingSetting setting)
    {
        (_model, _objective, _train, _options, _setting) = (model, objective, train, options, setting);
        _isFlat = setting.IsFlat || model.Precision != ScalarType.Float32;
        _optimizer = _isFlat
            ? new FlatOptimizer(model, options, setting.Device, objective.UsesAllWords)
            : new CpuOptimizer(model, options, objective.UsesAllWords);
        _best = model.Weights.Clone();
        _average = options.AverageDecay > 0 ? new(model.Weights, options.AverageDecay) : null;
        _measured = _average is null ? model : new(model.Config, _average.Weights);
        _lossSum = zeros(1, device: setting.Device).DetachFromDisposeScope();
        State = new() { LossScale = IsScaled ? new() : null };
        _metric = options.EarlyStopping?.Metric ?? MainScore.Name;
        Steps = options.Epochs!.Value * ((Plan(objective.Vary(train, Random(1, -2)), 1).Count + options.GradientAccumulation - 1) / options.GradientAccumulation);
        _rate = new(options.Schedule, options.LearningRate!.Value, options.WarmupRatio, Steps);
    }

    /// <summary>Where the training is.</summary>
    public TrainingState State { get; private set; }

    /// <summary>Optimizer steps of all epochs; a few more or less where the data varies from epoch to epoch.</summary>
    public int Steps { get; }

    /// <summary>0 to 1: how far it is, by steps or by the budget.</summary>
    public double Progress => Math.Max((double)State.Rates.Count / Steps, BudgetSpent);

    /// <summary>Trains from where it is to the end, and leaves the weights of the best epoch in the model.</summary>
    public TrainingOutcome Train(CancellationToken cancellationToken)
    {
        _setting.Checkpoint?.Restore(this);
        State.Parts = Math.Max(State.Parts, _setting.Parts);
        if (State.StoppedBecause is null)
        {
            _setting.Reports.Begin(State, Steps, _options.Epochs!.Value, _options.MaxMinutes);
        }

        while (State.StoppedBecause is null)
        {
            RunEpoch(cancellationToken);
            Evaluate();
            if (State.StoppedBecause is not null)
            {
                _setting.Checkpoint?.Save(this); // whatever fails from here on, nothing is trained twice
            }
        }

        _model.Weights.CopyFrom(_best);
        _model.Training = false;
        return new(State.BestEpoch, State.Curve, State.StoppedBecause) { LossScale = State.LossScale };
    }

    /// <summary>Everything but <see cref="State"/> that a continued training needs, by name.</summary>
    public IEnumerable<(string Name, Tensor Value)> Tensors()
    {
        var weights = _model.Weights.All.Select(w => ($"model.{w.Name}", w.Value));
        var best = _best.All.Select(w => ($"best.{w.Name}", w.Value));
        var average = _average?.Weights.All.Select(w => ($"average.{w.Name}", w.Value)) ?? [];
        return [.. weights, .. best, .. average, .. _optimizer.State(), ("loss", _lossSum)];
    }

    /// <summary>Continues from a state and the tensors that belong to it.</summary>
    public void Restore(TrainingState state, IReadOnlyDictionary<string, Tensor> tensors)
    {
        using var withoutGradient = no_grad();
        State = state with
        {
            Curve = [.. state.Curve.Select(epoch => epoch.WithMain())],
            LossScale = IsScaled ? state.LossScale ?? new() : null, // it may go on on another device
        };
        if (_metric == MainScore.Name && State.BestEpoch > 0 && State.BestScore > double.MinValue)
        {
            State.BestScore = State.Curve[State.BestEpoch - 1].Dev[_metric]; // the first version kept another one
        }

        State.ProgressEpoch = State.ProgressEpoch == 0 ? State.BestEpoch : State.ProgressEpoch; // the first version did not tell them apart
        foreach (var (name, value) in Tensors())
        {
            // Only a CPU updates row by row and notes each row's step; where a GPU saved, every row is up to date.
            value.copy_(!tensors.ContainsKey(name) && name.StartsWith(RowAdamW.StepPrefix, StringComparison.Ordinal)
                ? full_like(value, state.Rates.Count)
                : tensors[name]);
        }

        _optimizer.ContinueFrom(state.Rates);
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _best.Dispose();
        _average?.Dispose();
        _lossSum.Dispose();
    }

    private bool IsScaled => _model.Precision == ScalarType.Float16;

    private void RunEpoch(CancellationToken cancellationToken)
    {
        var train = _objective.Vary(_train, Random(State.Epoch, -2));
        var plan = Plan(train, State.Epoch);
        using var feed = new BatchFeed(plan.Count, batch => Parts(train, plan[batch], batch), _isFlat ? _setting.Device : null);
        _model.Training = true;
        var clock = _setting.Clock;
        var last = clock.GetTimestamp();
        while (State.Batches < plan.Count && !BudgetIsSpent)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                _setting.Checkpoint?.Save(this);
                cancellationToken.ThrowIfCancellationRequested();
            }

            var (tokens, first) = (State.Tokens, State.Batches);
            var batches = Math.Min(_options.GradientAccumulation, plan.Count - first);
            while (TryStep(feed, batches) is { } failure)
            {
                Halve(plan.Skip(first).Take(batches).Max(batch => batch.Length), failure);
                feed.Forget();
            }

            if (State.Batches == plan.Count)
            {
                _ = _lossSum.item<float>(); // a GPU is behind: its time counts too
            }

            var seconds = clock.GetElapsedTime(last).TotalSeconds;
            last = clock.GetTimestamp();
            State.EpochSeconds += seconds;
            State.Seconds += seconds;
            _setting.Reports.Step(State, Steps, _options.Epochs!.Value, (int)(State.Tokens - tokens), seconds, () => _lossSum.item<float>() / State.Batches);
            _setting.Checkpoint?.SaveIfDue(this);
        }
    }

    // What failed because memory was too small, and then all is as before; else null.
    private Exception? TryStep(BatchFeed feed, int batches)
    {
        using var scope = NewDisposeScope(); // frees this step's tensors
        var (done, tokens, lossSum) = (State.Batches, State.Tokens, _lossSum.clone());
        try
        {
            for (var left = batches; left > 0; left--)
            {
                Backward(feed.Parts(State.Batches));
            }
        }
        catch (Exception e) when (NativeFailure.IsOutOfMemory(e))
        {
            _optimizer.Forget();
            _lossSum.copy_(lossSum);
            (State.Batches, State.Tokens) = (done, tokens);
            return e;
        }

        var rate = _rate.At(Math.Max(State.Rates.Count, (int)(Steps * BudgetSpent)));
        var overflowed = !_optimizer.Update(rate, batches, State.LossScale?.Scale);
        State.LossScale = State.LossScale?.After(overflowed);
        if (overflowed)
        {
            return State.LossScale!.Scale >= LossScale.Least ? null : throw new InvalidOperationException(
                $"No loss scale keeps the gradients finite in epoch {State.Epoch}: try a learning rate below {_options.LearningRate}, or precision float32.");
        }

        State.Rates.Add(rate);
        _average?.Add(_optimizer, State.Rates.Count);
        return null;
    }

    private void Halve(int rows, Exception failure)
    {
        if (State.Parts >= rows)
        {
            throw OutOfMemory("for a batch of one text", failure);
        }

        State.Parts *= 2;
        _setting.Reports.Parted(State.Parts);
    }

    private InvalidOperationException OutOfMemory(string what, Exception failure)
    {
        _setting.Checkpoint?.Save(this);
        return new($"Memory is too small {what}: try a smaller maxLength or model, or a larger machine.", failure);
    }

    private void Backward(IReadOnlyList<BatchPart> parts)
    {
        foreach (var (batch, dropoutSeed, share) in parts)
        {
            using var scope = NewDisposeScope(); // a step's memory is that of one part
            _model.SeedDropout(dropoutSeed);
            var words = _optimizer.Embed(batch);
            var loss = _objective.Loss(_model, _model.Encode(words, batch.Mask(_setting.Device)), batch) * share;
            _optimizer.Backward(State.LossScale is { } scale ? loss * scale.Scale : loss, words, batch);
            _lossSum.add_(IsScaled ? loss.detach().nan_to_num(0, 0, 0) : loss.detach()); // a skipped step may have none
            State.Tokens += batch.Tokens;
        }

        State.Batches++;
    }

    private List<BatchPart> Parts(EncodedSplit train, int[] sequences, int index)
    {
        var random = Random(State.Epoch, index);
        var parts = new List<BatchPart>();
        foreach (var part in sequences.Chunk((sequences.Length + State.Parts - 1) / State.Parts))
        {
            var batch = new Batch(train, part, _setting.PadId);
            _objective.Prepare(batch, random);
            parts.Add(new(batch, random.Next(), (double)part.Length / sequences.Length));
        }

        return parts;
    }

    private void Evaluate()
    {
        var meanLoss = _lossSum.item<float>() / State.Batches;
        if (!float.IsFinite(meanLoss))
        {
            throw new InvalidOperationException(
                $"The loss is not a number in epoch {State.Epoch}: try a learning rate below {_options.LearningRate}.");
        }

        _optimizer.CatchUp();
        var start = _setting.Clock.GetTimestamp();
        var scores = Measure();
        State.Curve.Add(new(
            State.Epoch, State.Rates.Count, meanLoss, State.Rates.LastOrDefault(), State.Tokens / State.EpochSeconds, State.EpochSeconds,
            scores?.Named().ToDictionary() ?? []));

        var score = scores?.Of(_metric);
        var isBetter = score is null || score > State.BestScore;
        if (isBetter || (score == State.BestScore && scores!.Loss < State.BestLoss))
        {
            // Of equal scores the lower loss is kept; for stopping early it is no progress.
            State.BestEpoch = State.Epoch;
            State.BestScore = score ?? double.MinValue;
            State.BestLoss = scores?.Loss ?? double.MaxValue;
            State.ProgressEpoch = isBetter ? State.Epoch : State.ProgressEpoch;
            _best.CopyFrom(_measured.Weights);
        }

        if (scores is not null)
        {
            _setting.Reports.Evaluated(new(MainScore.Name, scores.Main));
        }

        State.Seconds += _setting.Clock.GetElapsedTime(start).TotalSeconds;
        var patience = _options.EarlyStopping?.Patience ?? Math.Max(2, _options.Epochs!.Value / 2);
        State.StoppedBecause =
            BudgetIsSpent ? "budget"
            : State.Epoch == _options.Epochs ? "epochs"
            : _options.EarlyStopping is not null && State.Epoch - State.ProgressEpoch >= patience ? "early-stopping"
            : null;
        (State.Epoch, State.Batches, State.Tokens, State.EpochSeconds) = (State.Epoch + 1, 0, 0, 0);
        _lossSum.zero_();
    }

    private DevScores? Measure()
    {
        try
        {
            return _objective.Evaluate(_measured);
        }
        catch (Exception e) when (NativeFailure.IsOutOfMemory(e))
        {
            throw OutOfMemory("to measure on dev", e);
        }
    }

    // The schedule ends with the budget: a model stopped at a high rate would be worse than one trained for that time.
    private double BudgetSpent => _options.MaxMinutes is { } minutes ? Math.Min(1, State.Seconds / 60 / minutes) : 0;

    private bool BudgetIsSpent => BudgetSpent >= 1 && State.Rates.Count > 0;

    private IReadOnlyList<int[]> Plan(EncodedSplit train, int epoch) => _objective.Plan(train, _options.BatchTokens!.Value, Random(epoch, -1));

    // One generator for each purpose, so that a run can be continued anywhere.
    private Random Random(int epoch, int batch) => new(unchecked((((_options.Seed * 1_000_003) + epoch) * 1_000_003) + batch));
}

/// <summary>Where a training runs, and how it is watched.</summary>
/// <param name="Device">Where the model is.</param>
/// <param name="PadId">The id of [PAD].</param>
/// <param name="Clock">Measures; a budget and checkpoints go by it.</param>
/// <param name="Reports">Receives the progress.</param>
/// <param name="Checkpoint">Where to continue from and to save; null = nowhere.</param>
public sealed record TrainingSetting(Device Device, int PadId, TimeProvider Clock, ProgressReports Reports, Checkpoint? Checkpoint)
{
    /// <summary>Parts that each batch is computed in from the beginning.</summary>
    public int Parts { get; init; } = 1;

    /// <summary>Whether weights and batches lie in few large tensors, as a GPU needs it; 16 bits always do.</summary>
    internal bool IsFlat { get; init; } = Device.type != TorchSharp.DeviceType.CPU;
}
