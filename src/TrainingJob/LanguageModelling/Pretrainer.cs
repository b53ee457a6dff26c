using System.Security.Cryptography;
using Droptune.Core.Text.WordPiece;
using Droptune.TrainingJob.Checkpoints;
using Droptune.TrainingJob.Model;
using Droptune.TrainingJob.Torch;
using Droptune.TrainingJob.Training;
using Droptune.TrainingJob.Training.Data;
using Droptune.TrainingJob.Training.Objectives;
using Droptune.TrainingJob.Training.Reports;
using TorchSharp;
using static TorchSharp.torch;

namespace Droptune.TrainingJob.LanguageModelling;

/// <summary>Makes a base model of a corpus: a vocabulary, and an encoder from random weights.</summary>
internal static class Pretrainer
{
    /// <summary>Of the output folder.</summary>
    public const string CheckpointFolder = "checkpoint";

    /// <summary>Pieces of a batch for each pair of turns beside it.</summary>
    private const int TokensAPair = 128;

    /// <summary>
    /// Trains, and writes a folder in Hugging Face's layout. Cancelled it leaves a checkpoint in the folder, from which the same call goes on.
    /// </summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static PretrainingRecord Run(PretrainingInput input, IProgress<RunProgress> progress, CancellationToken cancellationToken)
    {
        var (corpus, output, clock) = (input.Corpus, input.OutputFolder, input.Clock);
        var device = cuda.is_available() ? CUDA : CPU;
        var gpu = device.type == DeviceType.CUDA ? Gpu.Find() : null;
        var precision = PrecisionChoice.Of("auto", device.type, gpu);
        var environment = TrainingEnvironment.Here(device, gpu, precision);
        var options = input.Options.For(gpu: device.type == DeviceType.CUDA);
        var reports = new ProgressReports(progress, clock, () => environment.Machine);
        reports.Stage(RunStage.Preparing);
        var data = PretrainingData.Of(corpus, options);
        var how = options.ToOptimisation();
        cancellationToken.ThrowIfCancellationRequested();

        manual_seed(options.Seed);
        var size = ModelSize.Of(options.Size);
        var saved = size.NewConfig(data.Tokenizer.Count, data.Tokenizer.PadId, PretrainingData.MaxLength) with { Architectures = ["BertForMaskedLM"] };
        var config = saved with
        {
            InitializerRange = Math.Max(saved.InitializerRange, 0.4 / Math.Sqrt(size.Hidden)),
            HiddenDropoutProb = 0.05, // a small model passes a large corpus a few times: it has little to forget
            AttentionProbsDropoutProb = 0,
        };
        using var model = new BertModel(config, new BertWeights(config, device, language: true, pooled: true)) { Precision = precision.Type };
        var pairs = options.BatchTokens!.Value / TokensAPair;
        var words = new MaskedLanguageObjective(data.Tokenizer, PretrainingOptions.HiddenPart, device);
        var objective = new PretrainingObjective(words, data.Answered.Count >= pairs ? new(data, pairs, device) : null);
        var folder = Path.Combine(output, CheckpointFolder);
        var checkpoint = new Checkpoint(folder, "pretraining", Identity(options, data), input.CheckpointInterval, clock, written: null);
        using var trainer = new Trainer(model, objective, data.Train, how, new(device, data.Tokenizer.PadId, clock, reports, checkpoint));
        objective.Progress = () => trainer.Progress;

        reports.Stage(RunStage.Pretraining);
        var outcome = trainer.Train(cancellationToken);
        var record = new PretrainingRecord
        {
            Options = options,
            Machine = environment.Machine,
            Files = [.. corpus.Files.Select(file => new PretrainedFile(file.Name, file.Lines, file.HasDialogues ? file.Dialogues.Count : null))],
            Pieces = data.Train.Tokens,
            Steps = trainer.State.Rates.Count,
            Seconds = trainer.State.Seconds,
            Curve = [.. outcome.Curve.Select(epoch => new PretrainedEpoch(epoch.Epoch, epoch.Step, epoch.Loss, epoch.TokensPerSecond))],
            GuessedRight = GuessedRight(model, words, data, device),
        };
        Save(output, model.Weights, saved, data.Tokenizer, record);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        return record;
    }

    // What another corpus or other options left in the folder is no checkpoint of this training.
    private static string Identity(PretrainingOptions options, PretrainingData data)
    {
        var sizes = string.Join(' ', data.Train.Count, data.Train.Tokens, data.Answered.Count, data.Tokenizer.Vocabulary.Count, data.Tokenizer.Vocabulary[^1]);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{JsonSerializer.Serialize(options, DroptuneJson.Compact)} {sizes}")))[..16];
    }

    /// <summary>The part of hidden pieces of lines not trained on that the model guesses.</summary>
    private static double GuessedRight(BertModel model, MaskedLanguageObjective words, PretrainingData data, Device device)
    {
        using var withoutGradient = no_grad();
        var (right, hidden, random) = (0L, 0L, new Random(1));
        foreach (var sequences in BatchPlan.Of(data.HeldOut, 4096, random: null))
        {
            using var scope = NewDisposeScope();
            var batch = new Batch(data.HeldOut, sequences, data.Tokenizer.PadId);
            words.Prepare(batch, random);
            var states = model.Encode(model.Embed(batch.IdTensor(device)), batch.Mask(device)).flatten(0, 1);
            var guessed = model.Guess(states.index_select(0, batch.HiddenPlaceTensor(device))).argmax(-1);
            right += guessed.eq(batch.HiddenPieceTensor(device)).sum().item<long>();
            hidden += batch.HiddenPieces.Count;
        }

        return hidden == 0 ? 0 : (double)right / hidden;
    }

    private static void Save(string folder, BertWeights weights, ModelConfig config, WordPieceTokenizer tokenizer, PretrainingRecord record)
    {
        using var scope = NewDisposeScope();
        Directory.CreateDirectory(folder);
        SafeTensors.Write(Path.Combine(folder, ModelFileNames.Weights), weights.Named().Select(weight => (weight.Name, weight.View.to(ScalarType.Float16))));
        config.Save(folder);
        tokenizer.Save(folder);
        record.Write(folder);
    }
}

/// <summary>What <see cref="Pretrainer"/> needs.</summary>
/// <param name="Corpus">The texts.</param>
/// <param name="Options">How.</param>
/// <param name="OutputFolder">Receives the base model; created if it is missing.</param>
internal sealed record PretrainingInput(Corpus Corpus, PretrainingOptions Options, string OutputFolder)
{
    /// <summary>Time between two checkpoints: what a killed training may lose.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromMinutes(5);

    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
