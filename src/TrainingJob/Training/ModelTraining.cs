using Droptune.TrainingJob.Checkpoints;
using Droptune.TrainingJob.Model;
using Droptune.TrainingJob.Training.Data;
using Droptune.TrainingJob.Training.Objectives;

using static TorchSharp.torch;

namespace Droptune.TrainingJob.Training;

/// <summary>Makes a model by one set of options: from scratch or a base model, pre-trained if asked for, then trained for the task.</summary>
internal sealed class ModelTraining(
    FineTuningInput input, TrainingData data, Device device, ScalarType precision, ProgressReports reports)
{
    /// <summary>What its checkpoints' names begin with.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>What is said while it trains.</summary>
    public string? Note { get; init; }

    /// <summary>Whether the epoch that is best on dev is kept; else the last one is, and trials alone are measured.</summary>
    public bool IsMeasured { get; init; } = true;

    /// <summary>What the base model had of the model's parameters; null from scratch.</summary>
    public LoadReport? Loaded { get; private set; }

    /// <param name="start">The base model, or the size from scratch.</param>
    /// <param name="options">With every default filled in.</param>
    /// <param name="isTrial">A trial writes no checkpoint, and reports no stages of its own.</param>
    /// <param name="cancellationToken">Ends it, after a checkpoint.</param>
    public (BertModel Model, TrainingOutcome Outcome) Train(
        BaseModel start, Optimisation options, bool isTrial, CancellationToken cancellationToken)
    {
        manual_seed(options.Seed);
        var config = Config(start, options);
        var weights = new BertWeights(config, device);
        if (input.BaseModelFolder is { } folder)
        {
            Loaded = PretrainedModel.Load(folder, weights);
        }

        if (options.Pretrain is { } pretraining)
        {
            Pretrain(weights, config, options, pretraining, isTrial, cancellationToken);
        }

        if (!isTrial)
        {
            reports.Stage(RunStage.Training, Note);
        }

        var model = new BertModel(config, weights) { Precision = precision };
        using var loss = new TaskLoss(options, data.TagCounts, data.TextCounts, device, data.Combinations);
        var swap = data.Tags is { } tags ? new MentionSwap(data.Train, tags, options.MentionSwap!.Value, data.MaxLength) : null;
        var join = data.Tags is null ? null : new TextJoin(options.JoinedTexts!.Value, data.MaxLength);
        var dropout = new PieceDropout(data.Tokenizer, options.PieceDropout!.Value);
        using var trainer = new Trainer(
            model, new TaskObjective(loss, IsMeasured || isTrial ? data.Dev : null, swap, join, dropout, device) { HasContrast = data.FewExamples is not null },
            data.Train, options, Setting("training", start, options, isTrial));
        var outcome = trainer.Train(cancellationToken);
        return (model, data.Combinations is null || isTrial ? outcome : outcome with { Thresholds = data.Dev.Evaluate(model, loss, device).Thresholds });
    }

    private void Pretrain(
        BertWeights weights, ModelConfig config, Optimisation options, Pretraining pretraining, bool isTrial, CancellationToken cancellationToken)
    {
        if (!isTrial)
        {
            reports.Stage(RunStage.Pretraining, Note);
        }

        using var language = new BertWeights(config, device, language: true);
        language.CopyFrom(weights);
        if (input.BaseModelFolder is { } folder)
        {
            PretrainedModel.Load(folder, language);
        }

        var how = options with
        {
            Epochs = pretraining.Epochs,
            LearningRate = pretraining.LearningRate ?? (input.BaseModelFolder is null ? options.LearningRate : 5e-5),
            MaxMinutes = options.MaxMinutes / 2, // half of the time is for the task
            FrozenLayers = 0,
            LayerDecay = 1,
            AverageDecay = 0,
            EarlyStopping = null,
        };
        using var model = new BertModel(config, language) { Precision = precision };
        using var trainer = new Trainer(
            model, new MaskedLanguageObjective(data.Tokenizer, pretraining.MaskedPart, device), data.Texts, how,
            Setting("pretraining", new(), how, isTrial));
        trainer.Train(cancellationToken);
        weights.CopyFrom(language);
    }

    /// <summary>The model's sizes, heads and dropout.</summary>
    public ModelConfig Config(BaseModel start, Optimisation options)
    {
        var config = input.BaseModelFolder is { } folder ? ModelConfig.From(ModelNaming.For(folder).Config) : Scratch(ModelSize.Of(start.Size), options);
        if (data.Tokenizer.Count > config.VocabSize)
        {
            throw new InvalidDataException($"The base model's tokenizer has {data.Tokenizer.Count} pieces, its {ModelFileNames.Config} says {config.VocabSize} (vocab_size): they are not of one model");
        }

        if (options.FrozenLayers > config.NumHiddenLayers + 1)
        {
            throw new NotSupportedException(
                $"optimisation.frozenLayers is {options.FrozenLayers}; the model has embeddings and {config.NumHiddenLayers} layers to freeze");
        }

        return (config with
        {
            InitializerRange = options.InitializerRange ?? config.InitializerRange,
            HiddenDropoutProb = options.Dropout!.Value,
            AttentionProbsDropoutProb = options.Dropout.Value,
            Droptune = new() { MaxLength = data.MaxLength, RunningText = data.IsRunningText ? true : null, ConstrainedDecoding = options.ConstrainedDecoding ? null : false, Traceparent = input.Spec.Traceparent },
        }).WithLabels(data.Task, data.Tags?.Names ?? [], data.TextLabels?.Names ?? [], data.Combinations is not null);
    }

    private ModelConfig Scratch(ModelSize size, Optimisation options) =>
        size.NewConfig(data.Tokenizer.Count, data.Tokenizer.PadId, options.MaxLength) with { InitializerRange = 0.8 / Math.Sqrt(size.Hidden) };

    /// <summary>The same for the same spec, start and options.</summary>
    public string Identity(BaseModel start, Optimisation options)
    {
        // An option that earlier versions did not have says nothing at its default: their checkpoints are gone on from.
        var known = options.JoinedTexts == new Optimisation().For(start).JoinedTexts ? options with { JoinedTexts = null } : options;
        return RunIds.For(input.Spec with { Base = start, Optimisation = known });
    }

    private TrainingSetting Setting(string stage, BaseModel start, Optimisation options, bool isTrial)
    {
        var checkpoint = input.CheckpointFolder is { } folder && !isTrial
            ? new Checkpoint(
                folder, Prefix + stage, Identity(start, options), input.CheckpointInterval, input.Clock, input.CheckpointWritten)
            : null;
        return new(device, data.Tokenizer.PadId, input.Clock, reports, checkpoint) { Parts = input.Parts };
    }
}
