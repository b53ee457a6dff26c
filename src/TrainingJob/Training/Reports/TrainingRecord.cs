using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using Droptune.Core.Reports.Markup;
using Droptune.TrainingJob.Checkpoints;
using Droptune.TrainingJob.Model;
using Droptune.TrainingJob.Onnx;
using Droptune.TrainingJob.Torch;
using Droptune.TrainingJob.Training.Data;
using Droptune.TrainingJob.Training.Optimizer;
using Droptune.TrainingJob.Training.Trials;
using static TorchSharp.torch;

namespace Droptune.TrainingJob.Training.Reports;

/// <summary><c>training.json</c>: what was asked for, what it ran on, and how it went; the model card and the drawing are made of it.</summary>
public sealed record TrainingRecord
{
    public required JobSpec Spec { get; init; }

    /// <summary>The base model or size: as asked for, or found by a search.</summary>
    public required BaseModel Start { get; init; }

    /// <summary>Every trial of a search; none without one.</summary>
    public required IReadOnlyList<TrialRecord> Trials { get; init; }

    /// <summary>The options with every default filled in.</summary>
    public required Optimisation Options { get; init; }

    /// <summary>The <c>model_type</c>; null = BERT.</summary>
    public string? Family { get; init; }

    /// <summary>Parameters that the base model lacks, and that it has beyond; null from scratch.</summary>
    public LoadReport? BaseWeights { get; init; }

    /// <summary>What the base model asks of this one; null from scratch.</summary>
    public BaseLicence? BaseLicence { get; init; }

    public required TrainingEnvironment Environment { get; init; }

    public required TrainingCounts Counts { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required double Seconds { get; init; }

    public required IReadOnlyList<EpochRecord> Curve { get; init; }

    public required int BestEpoch { get; init; }

    /// <summary>Parts of train and dev that models without them were asked for, as dev was learned from too; null = dev was held back.</summary>
    public int? Folds { get; init; }

    /// <summary>Scores of the kept weights on dev; where it was learned from, out-of-fold.</summary>
    public required IReadOnlyDictionary<string, double> Dev { get; init; }

    /// <summary>How the loss of a training in float16 was scaled, and how many steps were skipped; else null.</summary>
    public LossScale? LossScale { get; init; }

    public required string StoppedBecause { get; init; }

    public required OnnxCheck OnnxCheck { get; init; }

    internal static TrainingRecord Of(
        JobSpec spec, BaseModel start, Optimisation options, TrainingEnvironment environment, TrainingData data, LoadReport? loaded,
        BertModel model, TrainingOutcome outcome, IReadOnlyList<TrialRecord> trials, OnnxCheck check, DateTimeOffset started, TimeSpan duration) => new()
        {
            Spec = spec,
            Start = start,
            Options = options,
            Trials = trials,
            Family = model.Config.Family == ModelFamily.Bert ? null : model.Config.ModelType,
            BaseWeights = loaded,
            Environment = environment,
            Counts = new(
                data.TrainExamples, data.Train.Tokens, data.Dev.Count, data.Tags?.Count ?? 0, data.TextLabels?.Count ?? 0,
                data.Tokenizer.Count, model.Weights.All.Sum(weight => weight.Value.numel())),
            StartedAt = started,
            Seconds = duration.TotalSeconds,
            Curve = outcome.Curve,
            BestEpoch = outcome.BestEpoch,
            Dev = outcome.Dev,
            LossScale = outcome.LossScale,
            StoppedBecause = outcome.StoppedBecause,
            OnnxCheck = check,
        };

    /// <summary>Writes training.json, training.svg and the model card.</summary>
    public void Write(string folder)
    {
        File.WriteAllText(Path.Combine(folder, ModelFileNames.Training), JsonSerializer.Serialize(this, DroptuneJson.Readable));
        File.WriteAllText(Path.Combine(folder, ModelFileNames.TrainingCurves), Drawing());
        File.WriteAllText(Path.Combine(folder, ModelFileNames.Card), ModelCard.Write(this));
    }

    /// <summary>Training loss and the scores on dev by epoch.</summary>
    private string Drawing()
    {
        var highest = Math.Max(1e-9, Curve.Max(epoch => epoch.Loss));
        var scores = Curve[0].Dev.Keys.Where(name => name != "loss").Select(name => ($"dev {name}", Curve.Select(epoch => epoch.Dev[name]).ToArray()));
        return Svg.Curves([("training loss", [.. Curve.Select(epoch => epoch.Loss / highest)]), .. scores], highest, BestEpoch);
    }
}

/// <summary>What a run ran on.</summary>
public sealed record TrainingEnvironment(string System, string Architecture, int Cores, string Runtime, string Device, string Precision)
{
    /// <summary>Why it is this precision.</summary>
    public string? PrecisionReason { get; init; }

    /// <summary>Tokens a batch.</summary>
    public int? BatchTokens { get; init; }

    /// <summary>Why it is so many.</summary>
    public string? BatchTokensReason { get; init; }

    /// <summary>Null on a CPU, or if the driver does not say.</summary>
    public Gpu? Gpu { get; init; }

    /// <summary>
    /// The most bytes of its memory that the driver saw in use, by other processes too, asked a few times a second: libtorch keeps
    /// what it once took. Null if unknown.
    /// </summary>
    public long? GpuMemoryUsed { get; init; }

    /// <summary>The machine and what was chosen for it as one line.</summary>
    [JsonIgnore]
    public string Machine => string.Join(", ", new[]
    {
        Gpu?.ToString() ?? Device,
        GpuMemoryUsed is { } used ? FormattableString.Invariant($"{used / (double)(1 << 30):0.0} GiB used") : null,
        $"{Cores} cores",
        $"{Precision} ({PrecisionReason})",
        BatchTokens is { } tokens ? $"batches of {tokens} tokens ({BatchTokensReason})" : null,
    }.OfType<string>());

    internal static TrainingEnvironment Here(Device device, Gpu? gpu, PrecisionChoice precision) => new(
        RuntimeInformation.OSDescription, $"{RuntimeInformation.OSArchitecture}".ToLowerInvariant(), global::System.Environment.ProcessorCount,
        RuntimeInformation.FrameworkDescription, $"{device.type}".ToLowerInvariant(), precision.Name)
    {
        PrecisionReason = precision.Reason,
        Gpu = gpu,
    };
}

/// <summary>The sizes of the data and of the model.</summary>
public sealed record TrainingCounts(
    int TrainExamples, int TrainTokens, int DevExamples, int Tags, int TextLabels, int Vocabulary, long Parameters);
