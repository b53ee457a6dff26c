using Droptune.Core.Inference;
using Droptune.Core.Metrics;
using Droptune.TrainingJob.Checkpoints;
using Droptune.TrainingJob.Model;
using Droptune.TrainingJob.Onnx;
using Droptune.TrainingJob.Torch;
using Droptune.TrainingJob.Training.Data;
using Droptune.TrainingJob.Training.Reports;
using Droptune.TrainingJob.Training.Trials;
using TorchSharp;
using static TorchSharp.torch;

namespace Droptune.TrainingJob.Training;

/// <summary>Runs one job spec on local folders.</summary>
public static class FineTuning
{
    /// <summary>Trains, exports and checks; afterwards the output folder holds every file of a model version.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; with a checkpoint folder the run can be continued.</exception>
    public static FineTuningResult Run(
        FineTuningInput input, IProgress<RunProgress> progress, CancellationToken cancellationToken)
    {
        var (spec, clock) = (input.Spec, input.Clock);
        if (JobSpecRules.Problems(spec) is { Count: > 0 } problems)
        {
            throw new ArgumentException($"The job spec is not valid: {string.Join("; ", problems)}", nameof(input));
        }

        var started = clock.GetUtcNow();
        var (start, options) = (spec.Base, Defaults(spec, input.BaseModelFolder));
        var device = cuda.is_available() ? CUDA : CPU;
        var gpu = device.type == DeviceType.CUDA ? Gpu.Find() : null;
        var precision = PrecisionChoice.Of(options.Precision, device.type, gpu);
        var environment = TrainingEnvironment.Here(device, gpu, precision);
        var reports = new ProgressReports(progress, clock, Machine);
        reports.Stage(RunStage.Preparing);
        var data = TrainingData.Load(input, options);
        options = data.FewExamples is null ? options : options.ForFewExamples(spec.Optimisation);
        var training = new ModelTraining(input, data, device, precision.Type, reports);
        var batch = BatchChoice.Of(
            spec.Optimisation, options, training.Config(start, options), input.BaseModelFolder is null, device.type, precision.Type, gpu?.MemoryBytes);
        options = options with
        {
            BatchTokens = batch.Tokens,
            LearningRate = batch.LearningRate,
            Epochs = options.Epochs ?? Optimisation.EpochsFor(data.Train.Tokens / (batch.Tokens * options.GradientAccumulation) + 1, data.FewExamples is not null),
        };
        environment = environment with { BatchTokens = batch.Tokens, BatchTokensReason = batch.Reason };

        IReadOnlyList<TrialRecord> trials = [];
        if (options.Search is not null)
        {
            var known = input.CheckpointFolder is { } checkpoint ? Path.Combine(checkpoint, "search.json") : null;
            var search = new OptionSearch(start, options, options.Seed, known, clock);
            (start, options) = search.Run(Score, note => reports.Stage(RunStage.Searching, note), cancellationToken);
            trials = search.Trials;
        }

        var (each, outOfFold) = (options, (IReadOnlyDictionary<string, OutOfFoldAnswers>?)null);
        if (CrossValidation.IsNeeded(data))
        {
            each = options with { MaxMinutes = options.MaxMinutes / (CrossValidation.Folds + 1) };
            var validation = new CrossValidation(data, options.Seed, input.CheckpointFolder, training.Identity(start, each));
            outOfFold = validation.Run(Fold, () => input.CheckpointWritten?.Invoke(input.CheckpointFolder!), cancellationToken);
            data = data.With(validation.Examples, validation.Examples);
            training = new ModelTraining(input, data, device, precision.Type, reports) { IsMeasured = false };
            reports.Following = 0;
        }

        var (model, outcome) = training.Train(start, each, isTrial: false, cancellationToken);
        using var trained = model;

        reports.Kept(outcome.BestEpoch, outcome.Curve.Count, outOfFold is null ? new(MainScore.Name, outcome.Main) : null);
        reports.Stage(RunStage.Exporting);
        var made = ModelFolder.Write(input.OutputFolder, model, data.Tokenizer, outcome.Thresholds);

        reports.Stage(RunStage.Checking);
        var check = OnnxCheck.Run(made.OnnxPath, model, data.Dev.Split, data.Tokenizer.PadId, device);
        var served = ServedFile.ChooseAsync(made, [.. data.Dev.Examples], clock, outOfFold, cancellationToken).GetAwaiter().GetResult();
        if (outOfFold is not null)
        {
            outcome = outcome with { Dev = served.Dev[served.Served].Where(score => score.Key != "msPerExample").ToDictionary() };
            reports.Kept(outcome.BestEpoch, outcome.Curve.Count, new(MainScore.Name, outcome.Main));
        }

        var duration = clock.GetUtcNow() - started;
        var record = TrainingRecord.Of(spec, start, options, environment, data, training.Loaded, model, outcome, trials, check, started, duration);
        (record with { Folds = outOfFold is null ? null : CrossValidation.Folds, BaseLicence = input.BaseModelFolder is { } folder ? BaseLicence.Pass(folder, input.OutputFolder) : null }).Write(input.OutputFolder);
        reports.Stage(RunStage.Done);
        return new(
            outcome.Main, outcome.Dev.ToDictionary(s => $"dev.{s.Key}", s => s.Value),
            outcome.BestEpoch, outcome.Curve.Count, duration, outcome.StoppedBecause)
        {
            BaseWeights = training.Loaded,
            DevTrained = outOfFold is not null,
        };

        BertModel Fold(TrainingData part, int fold)
        {
            reports.Following = CrossValidation.Folds + 1 - fold;
            var without = new ModelTraining(input, part, device, precision.Type, reports)
            {
                Prefix = CrossValidation.PrefixOf(fold),
                Note = $"fold {fold} of {CrossValidation.Folds}: a model without a part of the examples, to answer to it",
                IsMeasured = false,
            };
            return without.Train(start, each, isTrial: false, cancellationToken).Model;
        }

        // Asked for with each report, so that the largest batches are seen.
        string Machine()
        {
            var used = gpu is null ? null : Gpu.MemoryInUse();
            environment = environment with { GpuMemoryUsed = used > (environment.GpuMemoryUsed ?? 0) ? used : environment.GpuMemoryUsed };
            return environment.Machine;
        }

        double Score(BaseModel tried, Optimisation how, CancellationToken token)
        {
            var (candidate, result) = training.Train(tried, how, isTrial: true, token);
            candidate.Dispose();
            return result.Main;
        }
    }

    private static Optimisation Defaults(JobSpec spec, string? baseModel) => baseModel is null
        ? spec.Optimisation.For(spec.Base)
        : spec.Optimisation.For(spec.Base, ModelConfig.From(ModelNaming.For(baseModel).Config).HiddenSize);
}

/// <summary>What <see cref="FineTuning"/> needs: a spec and local folders.</summary>
/// <param name="Spec">A valid spec.</param>
/// <param name="SnapshotFolder">Holds {train,dev,test}.jsonl.gz.</param>
/// <param name="BaseModelFolder">The base model in Hugging Face layout; null for scratch.</param>
/// <param name="OutputFolder">Receives the model; created if it is missing.</param>
public sealed record FineTuningInput(JobSpec Spec, string SnapshotFolder, string? BaseModelFolder, string OutputFolder)
{
    /// <summary>Where checkpoints are written and looked for; null writes none.</summary>
    public string? CheckpointFolder { get; init; }

    /// <summary>Called after each checkpoint, so that the caller can store the folder somewhere safer.</summary>
    public Action<string>? CheckpointWritten { get; init; }

    /// <summary>Parts that each batch is computed in from the beginning: more than 1 where memory was too small before.</summary>
    public int Parts { get; init; } = 1;

    /// <summary>Time between two checkpoints: what a killed run may lose.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromMinutes(5);

    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

/// <summary>The outcome of a run.</summary>
/// <param name="Main">The main score on dev of the epoch that was kept.</param>
/// <param name="Metrics">Scores by name, such as "dev.f1" and "dev.accuracy".</param>
/// <param name="BestEpoch">1-based; the epoch whose weights were kept.</param>
/// <param name="Epochs">Epochs run.</param>
/// <param name="Duration">Wall time of the whole run.</param>
/// <param name="StoppedBecause">"epochs", "early-stopping" or "budget".</param>
public sealed record FineTuningResult(
    double Main, IReadOnlyDictionary<string, double> Metrics, int BestEpoch, int Epochs, TimeSpan Duration, string StoppedBecause)
{
    /// <summary>What the base model had of the model's parameters; null from scratch.</summary>
    public LoadReport? BaseWeights { get; init; }

    /// <summary>Whether it was trained on dev too; its scores on dev are out-of-fold then.</summary>
    public bool DevTrained { get; init; }
}
